using System.ComponentModel;
using System.Diagnostics;

namespace CnpgRestore.Dumps;

/// <summary>The SQL of a dump: its own text, or what pg_restore writes for an archive.</summary>
public sealed class DumpScript : IAsyncDisposable
{
    private readonly DumpFile _file;
    private readonly Process? _process;
    private readonly Task<string>? _errors;
    private readonly Task? _feeding;
    private readonly CancellationTokenSource _end;

    private DumpScript(DumpFile file, Stream text, Process? process, CancellationToken ct)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _file = file;
        Text = text;
        _process = process;
        _errors = process?.StandardError.ReadToEndAsync(CancellationToken.None);
        _feeding = process is not null && ArchiveInput.IsPiped(file) ? ArchiveInput.FeedAsync(file, process, _end.Token) : null;
    }

    /// <summary>From the first byte on; it is read once.</summary>
    public Stream Text { get; }

    /// <param name="options">For pg_restore: <c>--clean</c>.</param>
    /// <exception cref="RestoreException">Exit 10: no such file. 12: it may not be read. 15: pg_restore is not installed.</exception>
    public static async Task<DumpScript> OpenAsync(DumpFile file, IReadOnlyList<string> options, CancellationToken ct)
    {
        if (file.Format is DumpFormat.Plain or DumpFormat.Empty or DumpFormat.Unknown)
        {
            return new DumpScript(file, await file.ReadAsync(ct), process: null, ct);
        }

        if (!file.Place.IsHere)
        {
            return new DumpScript(file, await file.Place.ScriptAsync(file, options, ct), process: null, ct);
        }

        var start = new ProcessStartInfo("pg_restore", [.. options, "--file", "-", .. ArchiveInput.Path(file)])
        {
            UseShellExecute = false,
            RedirectStandardInput = ArchiveInput.IsPiped(file),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            var process = Process.Start(start)!;
            return new DumpScript(file, process.StandardOutput.BaseStream, process, ct);
        }
        catch (Win32Exception e)
        {
            throw new RestoreException(ProblemCode.Refused, "pg_restore is not installed here", e.Message, "apt-get install postgresql-client", e);
        }
    }

    /// <summary>To be called when <see cref="Text"/> has ended.</summary>
    /// <exception cref="InvalidDataException">pg_restore stopped within the archive, or what it is packed in is damaged.</exception>
    /// <exception cref="RestoreException">Exit 15: pg_restore is older than the archive.</exception>
    public async Task DemandWholeAsync(CancellationToken ct)
    {
        if (_process is null)
        {
            return;
        }

        // What is wrong with the packed bytes is the cause of what pg_restore says.
        await (_feeding ?? Task.CompletedTask);
        await _process.WaitForExitAsync(ct);
        if (_process.ExitCode != 0)
        {
            var said = (await _errors!).Trim();
            throw OldPgRestore.IsIn(said) ? new RestoreException(OldPgRestore.ProblemOf(_file, said)) : new InvalidDataException($"pg_restore cannot read it: {said}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Text.DisposeAsync();
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await EndFeedingAsync();
        _process?.Dispose();
        _end.Dispose();
    }

    private async Task EndFeedingAsync()
    {
        try
        {
            await (_feeding ?? Task.CompletedTask);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or OperationCanceledException or RestoreException)
        {
            // Who wants to know has asked.
        }
    }
}
