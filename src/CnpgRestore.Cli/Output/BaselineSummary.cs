namespace CnpgRestore.Cli.Output;

/// <summary>The message of <c>verify --save</c>.</summary>
/// <param name="File">What was written.</param>
sealed record BaselineSummary(string MessageType, string Database, int Tables, long Rows, string File);
