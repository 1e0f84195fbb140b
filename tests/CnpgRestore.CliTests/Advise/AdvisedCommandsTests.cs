using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Postgres;
using CnpgRestore.TestServers;
using static CnpgRestore.Tests.Plans.Advice.Views;

namespace CnpgRestore.CliTests.Advise;

/// <summary>Whoever copies a command out of the advice at 03:00 must not meet "unrecognized": all that can come out are given to the shell and the parser.</summary>
public sealed class AdvisedCommandsTests
{
    public static TheoryData<string> Commands =>
    [
        .. Situations().SelectMany(view => AdviceAnswer.Of(view) is var answer ? answer.Bucket.Commands.Concat(answer.Dump.Commands).Select(command => command.Command).Append(view.AskedWithMoment) : [])
            .Where(command => !command.StartsWith("kubectl ", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_program_understands_every_command_that_is_advised(string command)
    {
        // [diagram] parses and runs nothing.
        var script = $$"""cnpg-restore() { "{{NativeProgram.Path}}" '[diagram]' "$@"; }; set -euo pipefail; {{command}}""";

        var result = await ToolProcess.RunAsync(new ToolCommand("bash", "-c", script), TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, $"{command}\n{result.Error}");
        // A word that the parser does not know stands behind ??? in the diagram.
        Assert.DoesNotContain("???", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[!", result.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<AdviceView> Situations() =>
        from kubernetes in new[]
        {
            Usual.Kubernetes,
            Usual.Kubernetes with { Cluster = Cluster(ClusterPhase.Healthy, 3) },
            Usual.Kubernetes with { Cluster = null, IsGone = true },
            new KubernetesSight { Problem = new Problem(ProblemCode.Unreachable, "cannot be reached") },
            new KubernetesSight { NotAsked = "no CLUSTER is named" },
        }
        from request in new[]
        {
            Usual.Request,
            Usual.Request with { Files = ["my cluster.yaml", "store.yaml"], KubernetesWords = ["-n", "database", "--context", "home"] },
            Usual.Request with { NamesBucket = true, Server = "it's old", StoreWords = ["-b", "s3://b/path", "-e", "https://e", "--provider", "storj"] },
        }
        from wish in new Wish?[] { null, Wish.Inspect }
        from target in new RecoveryTarget?[] { null, new RecoveryTarget.Time(TargetTime.Parse("2026-11-22T12:00:00.5Z")), new RecoveryTarget.Lsn(Lsn.Parse("16/B374D848")) }
        from isLatest in new[] { true, false }
        select Usual with
        {
            Kubernetes = kubernetes,
            Request = request with { Wish = wish, Cluster = kubernetes.NotAsked is null ? request.Cluster : null, KubernetesWords = kubernetes.NotAsked is null ? request.KubernetesWords : [] },
            Bucket = Usual.Bucket with { Server = request.Server ?? "postgres-v17", Recovery = Recovery with { Target = target } },
            Dumps = Night with { IsLatest = isLatest, Database = isLatest ? null : "app" },
        };
}
