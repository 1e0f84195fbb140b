using CnpgRestore.Barman;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.FromDump;

/// <summary>
/// Where a new, empty Cluster archives to. Barman demands an empty folder ("Expected empty archive"); on a used one the Cluster looks healthy and
/// never archives.
/// </summary>
/// <param name="MoveTo">The new name of the folder's present content; null where nothing is moved.</param>
/// <param name="Reason">Why, as a clause.</param>
sealed record FreshArchive(Lineage Lineage, string Name, string? MoveTo, string Reason)
{
    /// <summary>Nothing is there to be moved yet; the Cluster may archive once more when it stops.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The Cluster takes no backups.</summary>
    public static FreshArchive None { get; } = new(Lineage.Keep, "", null, "the Cluster takes no backups");

    /// <param name="isLive">The Cluster is there, and archives once more when it stops.</param>
    /// <param name="carriesNewName">Whether a new server name can be written where the manifest lives.</param>
    public static async Task<FreshArchive> ChooseAsync(
        IObjectStore store, string present, FreshRequest request, bool isLive, bool carriesNewName, int? postgresMajor, DateTimeOffset now, List<Problem> problems, CancellationToken ct)
    {
        if (request is { ArchiveName: not null, Lineage: Lineage.Move })
        {
            throw new RestoreException(ProblemCode.Usage, "--archive-name goes with --lineage new", "a move keeps the name of the archive", "leave one of them out");
        }

        var folder = await FolderState.ReadAsync(store, present, ct);
        if (request is { ArchiveName: null, Lineage: null or Lineage.Move } && folder.IsEmpty && !isLive)
        {
            return new FreshArchive(Lineage.Keep, present, null, $"{present}/ is empty, so the new cluster may archive there");
        }

        var names = (await ServerFolders.ListAsync(store, ct)).Select(found => found.Name).ToHashSet(StringComparer.Ordinal);
        var lineage = request.ArchiveName is not null ? Lineage.New : request.Lineage ?? (carriesNewName ? Lineage.New : Lineage.Move);
        var reason = request.ArchiveName is not null || request.Lineage is not null ? "as asked for"
            : lineage == Lineage.New ? "nothing has to be copied, and the manifest can carry the new name" : "the manifest in Git names the folder, and is not edited here";
        if (lineage == Lineage.Move)
        {
            return new FreshArchive(lineage, present, FolderNames.Aside(present, preferred: null, names), reason) { IsEmpty = folder.IsEmpty };
        }

        var name = request.ArchiveName ?? FolderNames.Next(present, names, postgresMajor ?? folder.PostgresMajor, now);
        if (names.Contains(name) && await FolderState.ReadAsync(store, name, ct) is { Offender: { } offender })
        {
            problems.Add(new Problem(ProblemCode.Refused, $"Expected empty archive: {name}/ is not empty", $"it holds {offender}", "take another --archive-name"));
        }

        return new FreshArchive(lineage, name, null, reason);
    }

    /// <summary>A dump is what is left when the bucket cannot be reached: a name that nobody can have taken.</summary>
    public static FreshArchive Blind(string present, FreshRequest request, DateTimeOffset now) => request.Lineage == Lineage.Move
        ? throw new RestoreException(ProblemCode.Refused, "the bucket cannot be reached, so nothing can be moved in it", null, "leave --lineage out")
        : new FreshArchive(Lineage.New, request.ArchiveName ?? FolderNames.Timed(present, now), null, "the bucket cannot be reached, so a name is taken that nobody has");
}
