using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>Which folder is read, which one is archived to, and what has to be renamed in between.</summary>
/// <param name="Origin">The folder with the backups, as it is named now.</param>
/// <param name="Source">The same folder as the recovery will find it.</param>
/// <param name="MoveTo">The new name of <paramref name="Archive"/>'s present content; null where nothing is moved.</param>
/// <param name="Reason">Why this lineage, as a clause.</param>
public sealed record FolderChoice(Lineage Lineage, string Origin, string Source, string Archive, string? MoveTo, string Reason)
{
    /// <summary>Decides from what the two folders hold that a Cluster names.</summary>
    /// <param name="archive">Where the manifest archives to.</param>
    /// <param name="named">The folder that the manifest recovers from, or that the user named; null where there is none, or it is the same.</param>
    /// <param name="carriesNewName">Whether a new server name can be written where the manifest lives.</param>
    /// <param name="names">The server folders that exist.</param>
    /// <exception cref="RestoreException">Exit 2 for a contradiction, 10 where no folder has a usable backup, 15 for an archive that is not empty.</exception>
    public static FolderChoice Decide(
        FromBackupRequest request, FolderState archive, FolderState? named, bool carriesNewName, IReadOnlySet<string> names, int? postgresMajor, DateTimeOffset now)
    {
        if (request is { ArchiveName: not null, Lineage: Lineage.Move })
        {
            throw new RestoreException(
                ProblemCode.Usage, "--archive-name goes with --lineage new", "a move keeps the name of the archive", $"cnpg-restore from-backup {request.Cluster} --lineage new --archive-name NAME");
        }

        var origin = FindOrigin(request, archive, named);
        // A file without an image says no version, and -v17 would be taken for a generation.
        postgresMajor ??= origin.PostgresMajor;
        if (request is { ArchiveName: null, Lineage: null or Lineage.Move } && archive.MayBeArchivedTo && origin.Name != archive.Name)
        {
            return new FolderChoice(Lineage.Keep, origin.Name, origin.Name, archive.Name, MoveTo: null, $"{archive.Name}/ is empty, so the new cluster may archive there");
        }

        var asked = request.ArchiveName is not null ? Lineage.New : request.Lineage;
        var lineage = asked ?? (carriesNewName ? Lineage.New : Lineage.Move);
        var reason = (asked, lineage) switch
        {
            (not null, _) => "as asked for",
            (_, Lineage.New) => "nothing has to be copied, and the manifest can carry the new name",
            _ => "the manifest in Git names the folder, and is not edited here",
        };
        if (lineage == Lineage.New)
        {
            var name = request.ArchiveName ?? FolderNames.Next(archive.Name, names, postgresMajor, now);
            return name == origin.Name
                ? throw new RestoreException(
                    ProblemCode.Usage,
                    $"Expected empty archive: {name}/ cannot be recovered from and archived to at once",
                    hint: $"cnpg-restore from-backup {request.Cluster} --archive-name {FolderNames.Next(archive.Name, names, postgresMajor, now)}")
                : new FolderChoice(lineage, origin.Name, origin.Name, name, MoveTo: null, reason);
        }

        var aside = FolderNames.Aside(archive.Name, named is { IsEmpty: true } ? named.Name : null, names);
        return new FolderChoice(lineage, origin.Name, origin.Name == archive.Name ? aside : origin.Name, archive.Name, aside, reason);
    }

    private static FolderState FindOrigin(FromBackupRequest request, FolderState archive, FolderState? named)
    {
        if (request.Source is { } source)
        {
            return named is { HasBackup: true } && named.Name == source ? named : archive.Name == source && archive.HasBackup ? archive : throw NoBackup(source);
        }

        // The folder that the cluster archived to holds the later data, unless a failed attempt has only begun it.
        FolderState[] candidates = named is null ? [archive] : [archive, named];
        return candidates.Where(folder => folder.HasBackup).OrderByDescending(folder => folder.Newest).FirstOrDefault()
            ?? throw NoBackup(string.Join("/ nor in ", candidates.Select(folder => folder.Name)));
    }

    private static RestoreException NoBackup(string folders) => new(
        ProblemCode.NotFound,
        $"Cannot find backup: no usable base backup in {folders}/",
        "a usable backup has status DONE, all its tars, and the WAL from its begin to its end",
        "cnpg-restore backups list");
}
