using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Apps;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Apps;

namespace CnpgRestore.Cli.Commands;

/// <summary>Holds the locks, keeps the journal and shows the result of stopping and starting applications.</summary>
/// <param name="isPart">Of a run that was asked about as a whole.</param>
sealed class AppsCarrier(CliSession session, KubernetesApi api, string cluster, bool dryRun, bool isPart = false)
{
    private readonly StateFolder _state = new(EnvironmentVariables.StateFolder);

    public RunId NewRun(string verb) => _state.NewRun(verb, session.Clock);

    public async Task<int> StopAsync(AppsStopPlan plan, CancellationToken ct)
    {
        var result = await CarryOutAsync(plan.ToPlan(), new RunId(plan.Run), (run, token) => new AppsStopRun(api, plan, run, session.Clock).RunAsync(token), ct);
        if (result is null)
        {
            return 0;
        }

        AppsOutput.Show(session, result);
        return result.Left.Count == 0 ? 0 : (int)ProblemCode.Differences;
    }

    public async Task<int> StartAsync(AppsStartPlan plan, CancellationToken ct)
    {
        if (plan.IsEmpty)
        {
            if (!isPart && !dryRun)
            {
                await RunLease.ForgetEndedAsync(api, api.Namespace, cluster, Holder(new RunId(plan.Run)), session.Clock, ct);
            }

            AppsOutput.ShowNothing(session, plan);
            return 0;
        }

        var result = await CarryOutAsync(plan.ToPlan(), new RunId(plan.Run), (run, token) => new AppsStartRun(api, plan, run, session.Clock).RunAsync(token), ct);
        if (result is null)
        {
            return 0;
        }

        AppsOutput.Show(session, result);
        return result.Differences.Count == 0 ? 0 : (int)ProblemCode.Differences;
    }

    private static LeaseHolder Holder(RunId run) => new(run.Value, Environment.MachineName, Environment.ProcessId);

    /// <returns>Null: the plan was only shown.</returns>
    private async Task<T?> CarryOutAsync<T>(Plan plan, RunId run, Func<Run, CancellationToken, Task<T>> work, CancellationToken ct)
        where T : class
    {
        if (!isPart)
        {
            RunOutput.ShowPlan(session, plan, isResult: dryRun);
        }

        if (dryRun)
        {
            return null;
        }

        if (!isPart)
        {
            await RunOutput.ConfirmAsync(session, plan, cluster, "cluster", ct);
        }

        // A run of which this is a part holds both.
        using var local = isPart ? null : RunLock.Take(_state, plan.Subject);
        await using var lease = isPart ? null : await RunLease.TakeAsync(api, api.Namespace, cluster, Holder(run), session.Clock, ct);
        using var journal = Journal.Create(_state, run, plan.Command, plan.Subject, session.Clock);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(ct, lease?.Lost ?? CancellationToken.None);
        return await RunOutput.RunAsync(session, async observer =>
        {
            try
            {
                var begun = new Run(journal, observer);
                var result = await work(begun, held.Token);
                begun.Finish();
                return result;
            }
            catch (OperationCanceledException) when (lease?.Lost.IsCancellationRequested == true && !ct.IsCancellationRequested)
            {
                throw lease.ToException("run the same command again; it continues where it stopped");
            }
        });
    }
}
