namespace CnpgRestore.LocalRestore;

/// <summary>Runs <c>pg_amcheck</c>, which reads tables and B-tree indexes and compares what they hold (PostgreSQL 14 or later).</summary>
public static class Amcheck
{
    private const int CorruptionFound = 2;
    private const int MostLines = 20;

    /// <returns>Null where the program is not installed.</returns>
    public static async Task<Check?> RunAsync(PostgresBinaries binaries, DrillFolder folder, string user, CancellationToken ct)
    {
        var program = binaries.Program("pg_amcheck");
        if (!File.Exists(program))
        {
            return null;
        }

        string[] arguments = ["--host", folder.Sockets, "--port", "5432", "--username", user, "--no-password", "--all", "--install-missing"];
        var run = await ProgramRun.RunAsync(program, arguments, ct, environment: new Dictionary<string, string> { ["PGOPTIONS"] = LocalDatabases.SessionOptions(binaries.Version) });
        var lines = (run.Output + run.Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var detail = run.ExitCode switch
        {
            0 => "no corruption found in any table or B-tree index",
            CorruptionFound => string.Join('\n', lines.Take(MostLines)),
            _ => $"pg_amcheck ended with exit code {run.ExitCode}: {string.Join('\n', lines.Take(MostLines))}",
        };
        return new Check("pg_amcheck", run.ExitCode == 0, detail);
    }
}
