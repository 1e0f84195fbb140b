namespace CnpgRestore.Runs.FromDump;

/// <summary>How psql or pg_restore ended in a Job.</summary>
/// <param name="Errors">What it wrote.</param>
/// <param name="Problem">What has ended it, where it is none of its own errors.</param>
sealed record JobFailure(int ExitCode, string Errors, Problem? Problem);
