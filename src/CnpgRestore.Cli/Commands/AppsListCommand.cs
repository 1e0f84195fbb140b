using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>apps list CLUSTER</c>: who uses the database, and how that is known.</summary>
static class AppsListCommand
{
    public static Command Create(TimeProvider clock)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the Cluster, for example postgres-v17; it may be gone." };
        var scope = new AppScopeOptions();
        var kubernetes = new KubernetesOptions();
        var command = new Command("list", """
            List the workloads that use a Cluster's database: by their sessions, and by references to its Services and Secrets.

            All namespaces are searched; those that may not be read are named. Nothing is changed, and no value of a Secret is shown.

            Exit codes: 0 listed, 10 a workload of --add does not exist, 12 access denied, 13 API unreachable.

            Examples:
              # Who uses the database, in all namespaces
              cnpg-restore apps list postgres-v17 -n db
            """) { cluster };
        scope.AddTo(command);
        kubernetes.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            using var api = kubernetes.Connect(parse, clock);
            var found = await new AppSurvey(api, api.Namespace, parse.GetRequiredValue(cluster)).FindAsync(scope.Read(parse), ct);
            AppsListOutput.Write(new CliSession(parse, clock), found);
            return 0;
        });
        return command;
    }
}
