using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.Kubernetes.DumpLoad;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// The parallel load as the pod of a Job runs it, beside the database. Its lines are the Job's log, which the run that made it follows.
/// </summary>
public sealed class LoadInJob(UrlServer server, string database, string applicationName, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <returns>An exit code.</returns>
    /// <param name="section">Whose part of a dump of all databases; null for a dump of one.</param>
    /// <param name="write">Takes a line of the log.</param>
    /// <exception cref="RestoreException">As <see cref="DumpLoader.LoadAsync"/>; what was loaded until then stays.</exception>
    public async Task<int> RunAsync(string path, string? section, int jobs, Action<string> write, CancellationToken ct)
    {
        var dump = await DumpFile.OpenAsync(LocalDumps.Instance, path, ct);
        write($"loading {path} into database {database} on {server.Address}");
        // Held to the end: a second pod of the Job finds it, or what the first one has loaded.
        await using var alone = await DatabaseSession.OpenAsync(server, database, ct);
        if (!await alone.ValueAsync<bool>($"SELECT pg_try_advisory_lock({PsqlJob.Key}) AND NOT ({PsqlJob.Found})", ct))
        {
            return PsqlJob.NotEmpty;
        }

        await using var target = server.ForLoad(database, applicationName);
        var result = await DumpLoader.LoadAsync(new LoadRequest(dump, section, jobs, IntoNew: true), target, new Log(write, clock), ct);
        write(Invariant($"loaded {path}: {result.Rows} rows in {result.Tables.Count} tables"));
        return 0;
    }

    /// <summary>Told from many threads.</summary>
    private sealed class Log(Action<string> write, TimeProvider clock) : IProgress<LoadProgress>
    {
        private readonly Lock _lock = new();
        private long _last = clock.GetTimestamp();

        public void Report(LoadProgress value)
        {
            lock (_lock)
            {
                if (clock.GetElapsedTime(_last) < Interval)
                {
                    return;
                }

                _last = clock.GetTimestamp();
                write(value.Phase == LoadPhase.Indexes ? Invariant($"{value.Rows} rows; {value.Waiting} indexes and keys to go") : Invariant($"{value.Rows} rows, {value.Read} of {value.Total}"));
            }
        }
    }
}
