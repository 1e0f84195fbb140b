namespace CnpgRestore.Dumps.Folder;

/// <summary>The latest complete dump of a folder, and what was seen on the way to it.</summary>
/// <param name="Folder">With what reading its dumps has shown.</param>
/// <param name="Latest">Null where there is none, or it is not known which.</param>
public sealed record DumpChoice(DumpFolder Folder, KeptDump? Latest)
{
    /// <summary>Newer ones that a person may have expected to be taken, newest first.</summary>
    public IReadOnlyList<PassedDump> Passed { get; init; } = [];

    /// <summary>The newest of each kind, where nothing tells which of them is of the database; empty otherwise.</summary>
    public IReadOnlyList<KeptDump> Candidates { get; init; } = [];
}

/// <param name="Reason">As one clause without its subject: <c>is of database nextcloud</c>.</param>
public sealed record PassedDump(KeptDump Dump, string Reason);
