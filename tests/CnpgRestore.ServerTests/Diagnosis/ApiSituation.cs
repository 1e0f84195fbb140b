namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>A situation that shows without pods: how it comes about, what doctor says of it, and which of the printed commands are then followed.</summary>
/// <param name="Expected">In any order.</param>
sealed record ApiSituation(string Name, IReadOnlyList<string> Expected, Func<RecordedScene, Task> ArrangeAsync, Repair? Repair = null)
{
    /// <summary>Of the bucket, before anything is arranged.</summary>
    public string[] Folders { get; init; } = ["orders"];

    /// <summary>What Git has; null where nobody names a file.</summary>
    public Func<RecordedScene, string>? File { get; init; }
}
