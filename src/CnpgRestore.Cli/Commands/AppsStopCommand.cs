using System.CommandLine;
using CnpgRestore.Plans.Apps;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>apps stop CLUSTER</c>: nobody writes any more, and that is proven.</summary>
static class AppsStopCommand
{
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(10);

    public static Command Create(TimeProvider clock)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the Cluster, for example postgres-v17; it may be gone." };
        var terminate = new Option<bool>("--terminate") { Description = "End the sessions that are left when all pods are gone." };
        var timeout = Arg.Length("--timeout", "How long pods may take to go. Default: 10m.", "30m");
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing." };
        var scope = new AppScopeOptions();
        var kubernetes = new KubernetesOptions();
        var command = new Command("stop", """
            Stop the workloads that use a Cluster's database, and prove that nobody is connected.

            GitOps, autoscalers and schedules that would bring them back are suspended. What each workload was is written on it first, so that
            'apps start' brings it back from any machine. If it is killed, the same command continues.

            Exit codes: 0 stopped and nobody connected, 3 stopped and somebody is connected, 10 no such Cluster or workload, 11 another run holds
            the Cluster, 12 access denied, 13 API unreachable, 15 refused and nothing changed, 20 stopped midway, 130 interrupted.

            Examples:
              # What would be stopped
              cnpg-restore apps stop postgres-v17 -n db --dry-run
              # One that no reference shows, too
              cnpg-restore apps stop postgres-v17 -n db --add deployment/shop.web
            """) { cluster, terminate, timeout, dryRun };
        scope.AddTo(command);
        kubernetes.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            using var api = kubernetes.Connect(parse, clock);
            var name = parse.GetRequiredValue(cluster);
            var carrier = new AppsCarrier(new CliSession(parse, clock), api, name, parse.GetValue(dryRun));
            var plan = await new AppsStopPlanner(api, api.Namespace, name).PlanAsync(
                carrier.NewRun(AppsStopPlan.Verb).Value, scope.Read(parse), parse.GetValue(timeout)?.Value ?? Default, parse.GetValue(terminate), ct);
            return await carrier.StopAsync(plan, ct);
        });
        return command;
    }
}
