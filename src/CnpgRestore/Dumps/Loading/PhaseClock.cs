using System.Diagnostics;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Knows the phase of a load and how long each has taken so far.</summary>
sealed class PhaseClock
{
    private readonly Dictionary<LoadPhase, TimeSpan> _took = [];
    private long _since = Stopwatch.GetTimestamp();

    public LoadPhase Current { get; private set; }

    public void Enter(LoadPhase phase)
    {
        if (phase != Current)
        {
            Settle();
            Current = phase;
        }
    }

    public IReadOnlyDictionary<LoadPhase, TimeSpan> Took()
    {
        Settle();
        return _took;
    }

    private void Settle()
    {
        var now = Stopwatch.GetTimestamp();
        _took[Current] = _took.GetValueOrDefault(Current) + Stopwatch.GetElapsedTime(_since, now);
        _since = now;
    }
}
