using System.CommandLine;
using CnpgRestore.Plans.Apps;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>apps start CLUSTER</c>: everything that was stopped becomes what it was.</summary>
static class AppsStartCommand
{
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(5);

    public static Command Create(TimeProvider clock)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the Cluster, for example postgres-v17." };
        var timeout = Arg.Length("--timeout", "How long pods may take to be ready. Default: 5m.", "30m");
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing." };
        var namespaces = new Option<string[]>("--in") { Description = "Look in this namespace only, again for more. Default: in all.", HelpName = "NAMESPACE" };
        var kubernetes = new KubernetesOptions();
        var command = new Command("start", """
            Start what 'apps stop' has stopped, with the counts that it had, from what is written on the workloads.

            An autoscaler's minimum is honoured; GitOps is resumed last. Nothing that anybody else has stopped is touched.

            Exit codes: 0 everything is back and ready, or nothing was stopped, 3 started and something is not ready or has another count,
            11 another run holds the Cluster, 12 access denied, 13 API unreachable, 20 stopped midway, 130 interrupted.

            Examples:
              # All that apps stop has stopped
              cnpg-restore apps start postgres-v17 -n db
            """) { cluster, timeout, dryRun, namespaces };
        kubernetes.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            using var api = kubernetes.Connect(parse, clock);
            var name = parse.GetRequiredValue(cluster);
            var carrier = new AppsCarrier(new CliSession(parse, clock), api, name, parse.GetValue(dryRun));
            var plan = await new AppsStartPlanner(api, api.Namespace, name).PlanAsync(
                carrier.NewRun(AppsStartPlan.Verb).Value, parse.GetValue(namespaces) ?? [], parse.GetValue(timeout)?.Value ?? Default, ct);
            return await carrier.StartAsync(plan, ct);
        });
        return command;
    }
}
