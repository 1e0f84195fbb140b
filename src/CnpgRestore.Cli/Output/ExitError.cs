namespace CnpgRestore.Cli.Output;

/// <summary>The last line on stderr of a run that did not end well, after restic's <c>exit_error</c>.</summary>
sealed record ExitError(string MessageType, int Code, string Message, string? Detail, string? Hint);
