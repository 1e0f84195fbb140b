using CnpgRestore.ObjectStore;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.ObjectStore;

public sealed class RequestLimitTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Until_the_first_throttling_every_success_adds_one_up_to_the_maximum()
    {
        using var limit = new RequestLimit(4, 6, _clock);

        Assert.Equal([4, 5, 6, 6], (int[])[limit.Current, .. Enumerable.Range(0, 3).Select(_ => Succeed(limit))]);
    }

    [Fact]
    public void Throttling_halves_it_down_to_one()
    {
        using var limit = new RequestLimit(8, 64, _clock);

        Assert.Equal([4, 2, 1, 1], Enumerable.Range(0, 4).Select(_ => Throttle(limit)).ToArray());
    }

    [Fact]
    public void A_burst_of_throttling_counts_once()
    {
        using var limit = new RequestLimit(64, 64, _clock);
        limit.OnThrottled();
        _clock.Advance(TimeSpan.FromMilliseconds(900));
        limit.OnThrottled();

        Assert.Equal(32, limit.Current);

        _clock.Advance(TimeSpan.FromMilliseconds(200));
        limit.OnThrottled();
        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public void After_throttling_it_grows_by_one_for_as_many_successes_as_it_allows()
    {
        using var limit = new RequestLimit(8, 64, _clock);
        limit.OnThrottled();

        Assert.Equal([4, 4, 4, 5, 5, 5, 5, 5, 6], Enumerable.Range(0, 9).Select(_ => Succeed(limit)).ToArray());
    }

    [Fact]
    public async Task A_shrunken_limit_lets_nobody_in_before_enough_have_left()
    {
        using var limit = new RequestLimit(4, 4, _clock);
        for (var n = 0; n < 4; n++)
        {
            await limit.EnterAsync(Ct);
        }

        limit.OnThrottled();
        var waiting = limit.EnterAsync(Ct);
        limit.Leave();
        limit.Leave();
        Assert.False(waiting.IsCompleted);

        limit.Leave();
        await waiting;
    }

    /// <summary>Whatever happens in whatever order, exactly as many may be inside as the limit says, once the surplus has left.</summary>
    [Fact]
    public async Task The_limit_and_the_places_never_disagree() => await Gen.Int[0, 3].Array[0, 200].SampleAsync(async events =>
    {
        var clock = new FakeTimeProvider();
        using var limit = new RequestLimit(8, 16, clock);
        var inside = 0;
        foreach (var happens in events)
        {
            switch (happens)
            {
                case 0 when await TryEnterAsync(limit):
                    inside++;
                    break;
                case 1 when inside > 0:
                    limit.OnSuccess();
                    limit.Leave();
                    inside--;
                    break;
                case 2 when inside > 0:
                    clock.Advance(TimeSpan.FromSeconds(2));
                    limit.OnThrottled();
                    limit.Leave();
                    inside--;
                    break;
                default:
                    break;
            }

            Assert.InRange(limit.Current, 1, 16);
        }

        while (inside > 0)
        {
            limit.Leave();
            inside--;
        }

        while (await TryEnterAsync(limit))
        {
            inside++;
        }

        Assert.Equal(limit.Current, inside);
    });

    private static async Task<bool> TryEnterAsync(RequestLimit limit)
    {
        using var now = new CancellationTokenSource();
        var entering = limit.EnterAsync(now.Token);
        await now.CancelAsync();
        await entering.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return entering.IsCompletedSuccessfully;
    }

    private static int Succeed(RequestLimit limit)
    {
        limit.OnSuccess();
        return limit.Current;
    }

    private int Throttle(RequestLimit limit)
    {
        _clock.Advance(TimeSpan.FromSeconds(2));
        limit.OnThrottled();
        return limit.Current;
    }
}
