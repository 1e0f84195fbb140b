namespace CnpgRestore.LocalRestore;

/// <summary>How often a fetch is tried, and how long is waited in between: 0.2 s, doubled each time up to 10 s, each shortened by up to a half at random.</summary>
/// <param name="Attempts">All tries, the first included. The default of 8 spans about 20 s.</param>
public sealed record Backoff(TimeProvider Clock, int Attempts = 8)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Waits after the failed try number <paramref name="attempt"/>, counted from 1.</summary>
    public Task WaitAsync(int attempt, CancellationToken ct)
    {
        var full = Math.Min(First.TotalSeconds * Math.Pow(2, attempt - 1), Longest.TotalSeconds);
        return Task.Delay(TimeSpan.FromSeconds(full * (1 - (Random.Shared.NextDouble() / 2))), Clock, ct);
    }
}
