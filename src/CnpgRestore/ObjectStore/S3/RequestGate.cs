namespace CnpgRestore.ObjectStore.S3;

/// <summary>Every request goes through here: bounded concurrency that adapts, a time limit, retries with jitter, one translation of errors.</summary>
sealed class RequestGate(S3Settings settings, TimeProvider clock, Func<double> jitter) : IDisposable
{
    /// <summary>About one minute of waiting in all, which rides out a gateway's restart.</summary>
    private const int Attempts = 9;

    /// <summary>An endpoint that has never answered is more likely misspelt than down.</summary>
    private const int FirstContactAttempts = 3;

    private const int UnexplainedAttempts = 3;

    private const int InitialParallelism = 32;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);

    private readonly RequestLimit _limit = new(Math.Min(InitialParallelism, settings.Parallelism), settings.Parallelism, clock);
    private volatile bool _reached;

    /// <param name="what">The object or action, for messages.</param>
    /// <param name="limit">Time for one attempt.</param>
    /// <exception cref="RestoreException">The error is final, or the retries are used up.</exception>
    public async Task<T> RunAsync<T>(string what, TimeSpan limit, Func<CancellationToken, Task<T>> request, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AttemptAsync(limit, request, ct);
            }
            catch (Exception e) when (ct.IsCancellationRequested && e is not RestoreException and not OperationCanceledException)
            {
                // A request that is torn down, or whose retry is no longer wanted, ends in any exception of the SDK or the socket.
                throw new OperationCanceledException(e.Message, e, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && !IsFinal(e, attempt))
            {
                await Task.Delay(DelayAfter(attempt), clock, ct);
            }
            catch (Exception e) when (e is not RestoreException && !ct.IsCancellationRequested && e is not InvalidOperationException and not ArgumentException)
            {
                throw S3Errors.Translate(e, settings, what);
            }
        }
    }

    public void Dispose() => _limit.Dispose();

    private async Task<T> AttemptAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> request, CancellationToken ct)
    {
        await _limit.EnterAsync(ct);
        try
        {
            using var timeout = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            try
            {
                var result = await request(either.Token);
                _reached = true;
                _limit.OnSuccess();
                return result;
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException($"no answer within {limit.TotalSeconds:0} s", e);
            }
        }
        catch (Exception e) when (S3Errors.IsThrottling(e))
        {
            _limit.OnThrottled();
            throw;
        }
        finally
        {
            _limit.Leave();
        }
    }

    private bool IsFinal(Exception e, int attempt) => attempt >= e switch
    {
        RestoreException => 1,
        _ when S3Errors.IsUnexplained(e) => UnexplainedAttempts,
        _ when !S3Errors.IsPassing(e) => 1,
        _ => _reached || !S3Errors.IsUnreachable(e) ? Attempts : FirstContactAttempts,
    };

    private TimeSpan DelayAfter(int attempt)
    {
        var delay = FirstDelay * Math.Pow(2, attempt - 1);
        return (delay < LongestDelay ? delay : LongestDelay) * (0.5 + jitter());
    }
}
