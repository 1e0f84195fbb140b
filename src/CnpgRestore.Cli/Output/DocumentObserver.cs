using CnpgRestore.Plans;
using CnpgRestore.Runs;

namespace CnpgRestore.Cli.Output;

/// <summary>A document per message on stdout, a status every second.</summary>
sealed class DocumentObserver : IRunObserver, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CliSession _session;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private PlanStep? _step;
    private StepRate? _rate;
    private long _started;

    public DocumentObserver(CliSession session)
    {
        _session = session;
        _timer = session.Clock.CreateTimer(_ => OnTick(), null, Interval, Interval);
    }

    public void OnStepStarted(PlanStep step, StepMeter meter)
    {
        lock (_lock)
        {
            (_step, _rate, _started) = (step, new StepRate(meter, _session.Clock), _session.Clock.GetTimestamp());
            DocumentOutput.Write(_session, new StepMessage("step_started", step.Id, step.Title, Outcome: null), CliJson.Readable.StepMessage);
        }
    }

    public void OnStepFinished(PlanStep step, string outcome)
    {
        lock (_lock)
        {
            _step = null;
            var seconds = Math.Round(_session.Clock.GetElapsedTime(_started).TotalSeconds, 3);
            DocumentOutput.Write(_session, new StepMessage("step_finished", step.Id, step.Title, outcome, seconds), CliJson.Readable.StepMessage);
        }
    }

    public void OnDetail(string text)
    {
        if (_session.Verbose)
        {
            WriteText("detail", text);
        }
    }

    public void OnWarning(string text) => WriteText("warning", text);

    public void Dispose() => _timer.Dispose();

    private void WriteText(string type, string text)
    {
        lock (_lock)
        {
            DocumentOutput.Write(_session, new TextMessage(type, text), CliJson.Readable.TextMessage);
        }
    }

    private void OnTick()
    {
        lock (_lock)
        {
            if (_step is { } step && _rate is { } rate && !_session.Quiet)
            {
                var (meter, left) = (rate.Meter, rate.Left);
                var status = new StatusMessage(
                    "status", step.Id, meter.Objects, meter.TotalObjects, meter.Bytes, meter.TotalBytes, Math.Round(rate.BytesPerSecond), left is { } time ? Math.Round(time.TotalSeconds) : null);
                DocumentOutput.Write(_session, status, CliJson.Readable.StatusMessage);
            }
        }
    }
}
