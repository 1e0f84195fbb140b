using System.Diagnostics;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// One running <c>postgres</c> on a private socket. It never outlives this process: a shell beside it holds the other end of a pipe and ends PostgreSQL
/// when the pipe closes, which also a <c>kill -9</c> of this process does.
/// </summary>
public sealed class LocalPostgres : IAsyncDisposable
{
    // The shell becomes postgres; its child stays and waits. At the end of the pipe SIGQUIT: nobody is left who would need a checkpoint.
    private const string Script = """
        exec 3<&0 </dev/null
        pid=$$
        ( while read -r word; do case $word in stop) kill -INT $pid;; gone) exit 0;; esac; done; kill -QUIT $pid; exit 0 ) <&3 >/dev/null 2>&1 &
        exec 3<&-
        exec "$@"
        """;

    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly TimeProvider _clock;

    private LocalPostgres(Process process, DrillFolder folder, TimeProvider clock)
    {
        _process = process;
        _clock = clock;
        _reading = ReadLogAsync(folder.Log);
    }

    public RecoveryLog Log { get; } = new();

    /// <exception cref="RestoreException"><see cref="ProblemCode.Refused"/>: PostgreSQL does not run as root.</exception>
    /// <param name="server">Which folder the drill is about.</param>
    public static void RefuseRoot(string server)
    {
        if (Environment.IsPrivilegedProcess)
        {
            throw new RestoreException(
                ProblemCode.Refused,
                "PostgreSQL does not run as root",
                "a drill starts a local PostgreSQL, which refuses the superuser of the machine",
                $"run the same command as another user: runuser -u postgres -- cnpg-restore drill --server {server}");
        }
    }

    public static LocalPostgres Start(PostgresBinaries binaries, DrillFolder folder, TimeProvider clock)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", binaries.Program("postgres"), "-D", folder.Data])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsNotForPostgres).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return new LocalPostgres(Process.Start(start)!, folder, clock);
    }

    /// <summary>Waits until the recovery is over and the database accepts connections.</summary>
    /// <exception cref="RestoreException">PostgreSQL ended instead.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        await Task.WhenAny(Log.Ready, _reading).WaitAsync(ct);
        if (!Log.Ready.IsCompleted)
        {
            await _reading;
            throw new RestoreException(Log.Explain());
        }
    }

    /// <summary>Ends PostgreSQL with a checkpoint, so that it starts again without a recovery.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await TellAsync("stop");
        await _process.WaitForExitAsync(ct).WaitAsync(LongestStop, _clock, ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process.HasExited)
        {
            await TellAsync("gone");
        }

        _process.StandardInput.Close();
        try
        {
            // A drill that was cancelled must still leave nothing running.
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(LongestStop, _clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _reading;
        _process.Dispose();
    }

    // Credentials of the bucket are none of PostgreSQL's business, and PGPORT and its like would change how it starts.
    private static bool IsNotForPostgres(string name) => name.StartsWith("AWS_", StringComparison.Ordinal) || name.StartsWith("PG", StringComparison.Ordinal);

    private async Task TellAsync(string word)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(word);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // The shell has ended, and so has PostgreSQL.
        }
    }

    private async Task ReadLogAsync(string path)
    {
        await using var file = new StreamWriter(path);
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            Log.Add(line);
            await file.WriteLineAsync(line);
        }
    }
}
