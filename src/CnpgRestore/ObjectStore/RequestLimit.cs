namespace CnpgRestore.ObjectStore;

/// <summary>
/// How many requests may be in flight: halved when the server throttles, grown while it does not (additive increase, multiplicative
/// decrease, as TCP does it). Until the first throttling every success adds one.
/// </summary>
public sealed class RequestLimit(int initial, int maximum, TimeProvider clock) : IDisposable
{
    // One burst of 503 answers is one event, however many requests it hits.
    private static readonly TimeSpan ShrinkInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _slots = new(Math.Min(initial, maximum));
    private readonly Lock _lock = new();
    private int _current = Math.Min(initial, maximum);
    private int _debt;
    private int _successes;
    private bool _throttled;
    private long _lastShrink;

    /// <summary>The present limit, between 1 and the maximum.</summary>
    public int Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    public Task EnterAsync(CancellationToken ct) => _slots.WaitAsync(ct);

    public void Leave()
    {
        lock (_lock)
        {
            if (_debt > 0)
            {
                _debt--;
                return;
            }
        }

        _slots.Release();
    }

    public void OnSuccess()
    {
        lock (_lock)
        {
            _successes++;
            if (_current >= maximum || (_throttled && _successes < _current))
            {
                return;
            }

            _successes = 0;
            _current++;
            if (_debt > 0)
            {
                _debt--;
                return;
            }
        }

        _slots.Release();
    }

    public void OnThrottled()
    {
        lock (_lock)
        {
            if (_throttled && clock.GetElapsedTime(_lastShrink) < ShrinkInterval)
            {
                return;
            }

            _throttled = true;
            _lastShrink = clock.GetTimestamp();
            _successes = 0;
            var shrunk = Math.Max(1, _current / 2);
            _debt += _current - shrunk;
            _current = shrunk;
            while (_debt > 0 && _slots.Wait(0))
            {
                _debt--;
            }
        }
    }

    public void Dispose() => _slots.Dispose();
}
