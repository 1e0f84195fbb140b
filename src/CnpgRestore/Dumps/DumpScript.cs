using System.ComponentModel;
using System.Diagnostics;

namespace CnpgRestore.Dumps;

/// <summary>The SQL of a dump: its own text, or what pg_restore writes for an archive.</summary>
public sealed class DumpScript : IAsyncDisposable
{
    private readonly Process? _process;
    private readonly Task<string>? _errors;

    private DumpScript(Stream text, Process? process)
    {
        Text = text;
        _process = process;
        _errors = process?.StandardError.ReadToEndAsync();
    }

    /// <summary>From the first byte on; it is read once.</summary>
    public Stream Text { get; }

    /// <param name="options">For pg_restore: <c>--clean</c>.</param>
    /// <exception cref="RestoreException">Exit 10: no such file. 12: it may not be read. 15: pg_restore is not installed.</exception>
    public static async Task<DumpScript> OpenAsync(DumpFile file, IReadOnlyList<string> options, CancellationToken ct)
    {
        if (file.Format is DumpFormat.Plain or DumpFormat.Empty or DumpFormat.Unknown)
        {
            return new DumpScript(await file.ReadAsync(ct), process: null);
        }

        if (!file.Place.IsHere)
        {
            return new DumpScript(await file.Place.ScriptAsync(file.Path, options, ct), process: null);
        }

        var start = new ProcessStartInfo("pg_restore", [.. options, "--file", "-", file.Path])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            var process = Process.Start(start)!;
            return new DumpScript(process.StandardOutput.BaseStream, process);
        }
        catch (Win32Exception e)
        {
            throw new RestoreException(ProblemCode.Refused, "pg_restore is not installed here", e.Message, "apt-get install postgresql-client", e);
        }
    }

    /// <summary>To be called when <see cref="Text"/> has ended.</summary>
    /// <exception cref="InvalidDataException">pg_restore stopped within the archive.</exception>
    public async Task DemandWholeAsync(CancellationToken ct)
    {
        if (_process is null)
        {
            return;
        }

        await _process.WaitForExitAsync(ct);
        if (_process.ExitCode != 0)
        {
            throw new InvalidDataException($"pg_restore cannot read it: {(await _errors!).Trim()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Text.DisposeAsync();
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
    }
}
