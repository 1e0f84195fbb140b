namespace CnpgRestore.Barman.Findings;

/// <summary>Something about a folder that a person should know before recovering from it.</summary>
/// <param name="Kind">For scripts: <c>failed-backup</c>, <c>wal-gap</c>. Never changes.</param>
/// <param name="Text">One clause.</param>
/// <param name="Evidence">The objects and numbers behind it.</param>
public sealed record Finding(FindingSeverity Severity, string Kind, string Text, string? Evidence = null);
