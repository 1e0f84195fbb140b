using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Plans.Prune;

/// <summary>Whether another folder brings back all that the removed one could, and later data.</summary>
static class Replacement
{
    /// <summary>The newest base backup that recovery can start from; null where there is none.</summary>
    public static RecoveryRoute? Newest(FolderState folder) => RecoveryWindow.Routes(folder.Catalog, folder.Archive).LastOrDefault();

    /// <summary>As a person reads it.</summary>
    public static string Word(RecoveryRoute route) => Invariant($"{route.Backup.Id}, ended at {TargetTime.From(route.Path!.Extent.EndTime)}");

    public static async Task<IReadOnlyList<Problem>> CheckAsync(IObjectStore store, PruneRequest request, FolderState removed, FolderState replacement, CancellationToken ct)
    {
        var look = $"cnpg-restore backups list --server {replacement.Name}";
        if (Newest(replacement) is not { } route)
        {
            var found = replacement.Catalog.Backups.Count == 0 ? "it holds no base backup" : string.Join("; ", replacement.Catalog.Backups.Select(backup => $"{backup.Id}: {backup.Why}"));
            return [new Problem(ProblemCode.Refused, $"{replacement.Name}/ holds no usable base backup: {removed.Name}/ may be the only way back", found, look)];
        }

        var problems = new List<Problem>();
        var end = route.Path!.Extent.EndTime;
        if (removed.Catalog.Backups.LastOrDefault(backup => backup.State == BackupState.Unreadable) is { } closed && closed.Id.CompareTo(route.Backup.Id) > 0)
        {
            problems.Add(new Problem(
                ProblemCode.Refused,
                $"{removed.Name}/ holds a later base backup than {replacement.Name}/, and it cannot be read",
                $"{closed.Id}: {closed.Why}; the newest of {replacement.Name}/ is {Word(route)}",
                $"cnpg-restore backups list --server {removed.Name}"));
        }

        var old = removed.Catalog.Usable.LastOrDefault();
        if (old?.Extent is { } extent && extent.SystemId != route.Path.Extent.SystemId && !request.IsNewSystem)
        {
            problems.Add(new Problem(
                ProblemCode.Refused,
                $"{replacement.Name}/ holds another database than {removed.Name}/",
                $"the system identifiers are {route.Path.Extent.SystemId} and {extent.SystemId}; a recovery keeps the identifier, initdb and a dump do not",
                $"name the folder that replaces it; where the database was made anew from a dump: cnpg-restore prune {removed.Name} --replaced-by {replacement.Name} --new-system"));
        }

        if (old?.Extent is { } former && former.EndTime >= end)
        {
            problems.Add(new Problem(
                ProblemCode.Refused,
                $"{replacement.Name}/ holds no newer base backup than {removed.Name}/",
                Invariant($"its newest usable one is {Word(route)}; {removed.Name}/ has {old.Id}, ended at {TargetTime.From(former.EndTime)}"),
                $"take a base backup of the cluster first (a Backup resource), then: {look}"));
        }
        else if (await LaterAsync(store, removed, replacement, route, ct) is { } later)
        {
            problems.Add(later);
        }

        return problems;
    }

    private static async Task<Problem?> LaterAsync(IObjectStore store, FolderState removed, FolderState replacement, RecoveryRoute route, CancellationToken ct)
    {
        var end = route.Path!.Extent.EndTime;
        var tails = (await RecoveryWindow.ReadAsync(store, removed.Catalog, removed.Archive, ct)).Spans.Select(span => (span.Path.LastSegment, span.Tail)).ToList();
        if (tails.Select(item => item.Tail.LastEnd).Max() is { } last && last >= end)
        {
            return new Problem(
                ProblemCode.Refused,
                $"{removed.Name}/ holds later transactions than the newest base backup of {replacement.Name}/",
                Invariant($"the last one ended at {TargetTime.From(last)}; base backup {Word(route)}"),
                $"take a base backup of the cluster first (a Backup resource), then: cnpg-restore backups list --server {replacement.Name}");
        }

        // No transaction that could be read is not the same as none.
        return tails.Find(item => item.Tail is { LastEnd: null } or { Damage: not null }) is { Tail: { } unknown } item
            && removed.Archive.Newest is { } youngest && youngest.LastModified >= end
                ? new Problem(
                    ProblemCode.Refused,
                    $"{removed.Name}/ holds later WAL than the newest base backup of {replacement.Name}/, and whether it holds transactions cannot be told",
                    Invariant($"{youngest.Key.Name} was written at {TargetTime.From(youngest.LastModified)}; ")
                        + (unknown.Damage ?? Invariant($"the {unknown.SegmentsRead} segments up to {item.LastSegment} hold no end of a transaction"))
                        + $"; base backup {Word(route)}",
                    $"keep it until the cluster has a later base backup (a Backup resource), or see what is in it: cnpg-restore drill --server {removed.Name}")
                : null;
    }
}
