using CnpgRestore.LocalRestore;
using Spectre.Console;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>The progress of a drill on stderr: one line redrawn in place on a terminal, else a line every few seconds.</summary>
sealed class DrillProgressLine(CliSession session) : IProgress<DrillProgress>, IDisposable
{
    private const string ClearLine = "\r\e[2K";
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private DrillPhase? _phase;
    private long _phaseStart;
    private long _lastShown;

    public void Report(DrillProgress value)
    {
        if (session.Quiet || session.Format != OutputFormat.Text)
        {
            return;
        }

        lock (_lock)
        {
            var now = session.Clock.GetTimestamp();
            var begins = _phase != value.Phase;
            if (begins)
            {
                (_phase, _phaseStart) = (value.Phase, now);
            }
            else if (session.Clock.GetElapsedTime(_lastShown, now) < (session.IsTerminal ? TerminalInterval : PlainInterval))
            {
                return;
            }

            _lastShown = now;
            Show(Line(value, session.Clock.GetElapsedTime(_phaseStart, now)));
        }
    }

    public void Dispose()
    {
        if (session.IsTerminal && _phase is not null)
        {
            Console.Error.Write(ClearLine);
        }
    }

    internal static string Line(DrillProgress progress, TimeSpan elapsed)
    {
        var left = progress is { Done: > 0, Total: > 0 } && progress.Done <= progress.Total && elapsed > TimeSpan.FromSeconds(1)
            ? $", {StepRate.Duration(elapsed * (((double)progress.Total / progress.Done) - 1))} left"
            : "";
        return progress.Phase switch
        {
            DrillPhase.Plan => $"reading the catalogue of {progress.Note}",
            DrillPhase.Base => Invariant($"base backup {progress.Note}: {new ByteSize(progress.Done)} of {new ByteSize(progress.Total)}, {Rate(progress.Done, elapsed)}/s{left}"),
            DrillPhase.Replay => Invariant($"replay: segment {progress.Done} of {progress.Total}, {progress.Note}{left}"),
            DrillPhase.Proof => progress.Total == 0 ? $"proof: {progress.Note}" : Invariant($"proof: database {progress.Done + 1} of {progress.Total}, {progress.Note}"),
        };
    }

    private static ByteSize Rate(long bytes, TimeSpan elapsed) => new((long)(bytes / Math.Max(0.001, elapsed.TotalSeconds)));

    private void Show(string line)
    {
        if (session.IsTerminal)
        {
            var width = Math.Max(20, session.Progress.Profile.Width - 1);
            Console.Error.Write(ClearLine + (line.Length > width ? line[..width] : line));
        }
        else
        {
            session.Progress.WriteLine(line);
        }
    }
}
