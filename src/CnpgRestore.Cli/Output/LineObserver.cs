using CnpgRestore.Plans;
using CnpgRestore.Runs;

namespace CnpgRestore.Cli.Output;

/// <summary>Plain lines on stderr: a line when a step begins, every few seconds, and when it ends.</summary>
sealed class LineObserver : IRunObserver, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CliSession _session;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private PlanStep? _step;
    private StepRate? _rate;

    public LineObserver(CliSession session)
    {
        _session = session;
        _timer = session.Clock.CreateTimer(_ => OnTick(), null, Interval, Interval);
    }

    public void OnStepStarted(PlanStep step, StepMeter meter)
    {
        lock (_lock)
        {
            (_step, _rate) = (step, new StepRate(meter, _session.Clock));
        }

        Write($"{step.Title} ...");
    }

    public void OnStepFinished(PlanStep step, string outcome)
    {
        lock (_lock)
        {
            _step = null;
        }

        Write($"  {outcome}");
    }

    public void OnDetail(string text)
    {
        if (_session.Verbose)
        {
            Write($"  {text}");
        }
    }

    public void OnWarning(string text) => _session.Progress.Line($"warning: {text}");

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        lock (_lock)
        {
            if (_step is not null)
            {
                Write($"  {_rate}");
            }
        }
    }

    private void Write(string text)
    {
        if (!_session.Quiet)
        {
            _session.Progress.Line(text);
        }
    }
}
