using CnpgRestore.Barman;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Plans.Advice;

/// <summary>The folders that count: where the Cluster archives to, and where it recovers from; or, where the file is older than the Cluster, both archives.</summary>
/// <param name="Named">Null where there is none, or it is the same.</param>
/// <param name="Names">All server folders of the bucket.</param>
/// <param name="Source">The folder that the command line names; null where it names none.</param>
/// <param name="PostgresMajor">Of the manifest, or of the newest backup where there is none.</param>
sealed record BucketFolders(FolderState Archive, FolderState? Named, IReadOnlySet<string> Names, string? Source, int? PostgresMajor)
{
    /// <summary>Reads both.</summary>
    /// <param name="situation">Null: the folder of the command line, or the only one, is all there is.</param>
    /// <exception cref="RestoreException">Exit 10 or 2: no folder, or several and none is named.</exception>
    public static async Task<BucketFolders> ReadAsync(IObjectStore store, Situation? situation, string? server, IReadOnlySet<string> names, CancellationToken ct)
    {
        if (situation?.Archive is not { } archive)
        {
            var only = await ServerFolders.ChooseAsync(store, server, ct);
            var found = await FolderState.ReadAsync(store, only.Name, ct);
            return new BucketFolders(found, Named: null, names, server, found.Catalog.Usable.LastOrDefault()?.Extent?.Version.Major);
        }

        var live = situation.LiveArchive is { } later && situation.IsSameBucket(later, archive) && names.Contains(later.ServerName) ? later.ServerName : null;
        var other = server ?? live ?? (situation.SourceElsewhere is null ? situation.Source?.ServerName : null);
        var named = other is null || other == archive.ServerName ? null : await FolderState.ReadAsync(store, other, ct);
        return new BucketFolders(await FolderState.ReadAsync(store, archive.ServerName, ct), named, names, server, situation.Manifest.PostgresMajor);
    }

    public FolderState Find(string name) => name == Archive.Name ? Archive : Named!;

    /// <exception cref="RestoreException">Exit 10: no folder has a usable backup.</exception>
    public FolderChoice Choose(AdviceRequest request, bool carriesNewName, DateTimeOffset now)
    {
        var asked = new FromBackupRequest { Cluster = request.Cluster ?? Archive.Name, Namespace = "", Source = Source };
        return FolderChoice.Decide(asked, Archive, Named, carriesNewName, Names, PostgresMajor, now);
    }
}
