namespace CnpgRestore.Cli.Output;

/// <param name="State"><c>finished</c>, <c>stopped</c> (an error ended it) or <c>unfinished</c> (killed, or still running).</param>
/// <param name="Step">The step that it came to.</param>
sealed record RunItem(string Run, string Command, string Subject, string State, string? Step, string? Text, DateTimeOffset Started, DateTimeOffset Last);

/// <summary>What <c>runs list</c> prints.</summary>
sealed record RunsDocument(IReadOnlyList<RunItem> Runs);
