using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Dumps.Folder;

/// <summary>One dump of a folder, with all the names it is kept under.</summary>
/// <param name="Names">Relative to the folder, the most precise first; several where it is hard-linked.</param>
/// <param name="Links">Symbolic links that lead to it, such as <c>last/app-latest.sql.gz</c>.</param>
/// <param name="Time">When it was made: what the name says, made precise by the disk where both agree.</param>
public sealed record KeptDump(DumpFile File, IReadOnlyList<string> Names, IReadOnlyList<string> Links, string? Database, DateTimeOffset Time)
{
    /// <summary>What is known without reading it; an inspection tells more.</summary>
    public DumpInspection? Inspection { get; init; }

    /// <summary>What is odd when it is held beside the others of its database; null where nothing is.</summary>
    public string? Oddity { get; init; }

    /// <summary><c>last</c>, <c>daily</c>, <c>weekly</c>, <c>monthly</c>, or the name of another folder; the folder itself is a dot.</summary>
    public IEnumerable<string> KeptAs => Names.Select(name => Path.GetDirectoryName(name) is { Length: > 0 } folder ? folder : ".").Distinct();
}
