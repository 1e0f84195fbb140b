namespace CnpgRestore.Runs.FromBackup;

/// <summary>One database of the recovered cluster.</summary>
/// <param name="Tables">Ordinary tables outside the system schemas.</param>
/// <param name="Rows">Counted, not estimated.</param>
public sealed record RecoveredDatabase(string Name, long Bytes, long Tables, long Rows);
