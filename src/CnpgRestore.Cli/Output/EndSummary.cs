namespace CnpgRestore.Cli.Output;

/// <summary>The last message of <c>runs undo</c> and <c>runs commit</c>.</summary>
/// <param name="Command"><c>undo</c> or <c>commit</c>.</param>
/// <param name="Subject">As the run's plan named it.</param>
/// <param name="Changed">False where nothing was left to be done.</param>
/// <param name="Result">What there is now, as one clause.</param>
sealed record EndSummary(string MessageType, string Run, string Command, string Subject, bool Changed, string Result, double Seconds);
