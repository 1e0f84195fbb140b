using System.Globalization;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>What <c>pg_controldata</c> says of a restored data directory.</summary>
/// <param name="Limits">
/// The five settings that must not be lower than on the server that wrote the WAL, by the names they have in postgresql.conf
/// (PostgreSQL manual, "Hot Standby", Administrator's Overview).
/// </param>
public sealed record ControlData(SystemIdentifier SystemIdentifier, IReadOnlyDictionary<string, int> Limits)
{
    private static readonly string[] LimitNames =
        ["max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions", "max_locks_per_transaction"];

    /// <exception cref="RestoreException"><see cref="ProblemCode.Differences"/> where global/pg_control is damaged.</exception>
    public static async Task<ControlData> ReadAsync(PostgresBinaries binaries, string dataDirectory, CancellationToken ct)
    {
        var run = await ProgramRun.RunAsync(binaries.Program("pg_controldata"), ["-D", dataDirectory], ct);
        return run.ExitCode == 0 && TryParse(run.Output) is { } data
            ? data
            : throw new RestoreException(ProblemCode.Differences, $"global/pg_control in {dataDirectory} is damaged", $"{run.Errors}{run.Output}".Trim());
    }

    /// <summary>Null where a value is missing, or where the checksum is wrong and every value therefore in doubt.</summary>
    public static ControlData? TryParse(string output)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n'))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                values[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        var limits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in LimitNames)
        {
            // max_locks_per_transaction is called "max_locks_per_xact setting" here.
            var label = name.Replace("transaction", "xact", StringComparison.Ordinal) + " setting";
            if (values.TryGetValue(label, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            {
                limits[name] = limit;
            }
        }

        var known = SystemIdentifier.TryParse(values.GetValueOrDefault("Database system identifier"), null, out var identifier);
        return known && limits.Count == LimitNames.Length && !output.Contains("CRC checksum does not match", StringComparison.Ordinal)
            ? new ControlData(identifier, limits)
            : null;
    }
}
