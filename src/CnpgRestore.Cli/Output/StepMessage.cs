namespace CnpgRestore.Cli.Output;

/// <param name="Seconds">What the step took; absent where it begins.</param>
sealed record StepMessage(string MessageType, string Step, string Title, string? Outcome, double? Seconds = null);

/// <param name="SecondsLeft">An estimate; absent where the end is not known.</param>
sealed record StatusMessage(
    string MessageType, string Step, long ObjectsDone, long ObjectsTotal, long BytesDone, long BytesTotal, double BytesPerSecond, double? SecondsLeft);

sealed record TextMessage(string MessageType, string Text);
