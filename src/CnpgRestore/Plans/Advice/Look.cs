using static System.FormattableString;

namespace CnpgRestore.Plans.Advice;

/// <summary>Looks at something for a limited time: what goes wrong is noted, and never stops the others.</summary>
static class Look
{
    /// <param name="what">For the message: <c>the bucket</c>.</param>
    /// <param name="failed">Told why the look ended early; what it has seen until then stands.</param>
    public static async Task BoundAsync(string what, AdviceRequest request, TimeProvider clock, Func<CancellationToken, Task> look, Action<Problem> failed, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(request.Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await look(either.Token);
        }
        catch (RestoreException e)
        {
            failed(e.Problem);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            failed(new Problem(
                ProblemCode.Unreachable, Invariant($"{what} did not answer everything within {request.Limit.TotalSeconds:0} s"), "what it had answered until then is told", "look longer: --timeout 10m"));
        }
    }
}
