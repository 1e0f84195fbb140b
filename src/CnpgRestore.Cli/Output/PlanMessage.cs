namespace CnpgRestore.Cli.Output;

/// <summary>The JSON lines of a run, one type each; after restic's scripting interface.</summary>
sealed record PlanMessage(
    string MessageType, string Command, string Subject, string Summary, IReadOnlyList<PlanStepMessage> Steps, IReadOnlyList<string> Notes);

sealed record PlanStepMessage(int Number, string Id, string Title, string Reads, string Changes, string Undo, bool Destructive);
