using CnpgRestore.Dumps.Folder;

namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>dumps list -o json</c>.</summary>
/// <param name="Latest">The newest complete dump; absent where there is none.</param>
sealed record DumpsListDocument(string Path, string? Latest, IReadOnlyList<DumpItem> Dumps, IReadOnlyList<string> DanglingLinks)
{
    public static DumpsListDocument From(DumpFolder folder, KeptDump? latest) => new(
        folder.Path, latest?.Names[0], [.. folder.Dumps.Select(dump => DumpItem.From(dump, isLatest: dump.File == latest?.File))], folder.DanglingLinks);
}

/// <param name="State"><c>complete</c>, <c>truncated</c>, <c>damaged</c>, <c>unreadable</c>, <c>empty</c>, <c>head_only</c>, or <c>unread</c>.</param>
/// <param name="Oddity">Why its size is suspicious beside the others.</param>
sealed record DumpItem(
    string Name,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Links,
    string? Database,
    DateTimeOffset Time,
    long SizeBytes,
    string Compression,
    string Format,
    string State,
    string? Reason,
    string? Oddity,
    bool Latest)
{
    public static DumpItem From(KeptDump dump, bool isLatest) => new(
        dump.Names[0],
        dump.Names,
        dump.Links,
        dump.Database,
        dump.Time,
        dump.File.Size.Bytes,
        dump.File.Compression.ToString().ToLowerInvariant(),
        dump.File.Format.ToString().ToLowerInvariant(),
        dump.Inspection is { } read ? DumpsInspectDocument.Word(read.State) : "unread",
        dump.Inspection?.Reason,
        dump.Oddity,
        isLatest);
}
