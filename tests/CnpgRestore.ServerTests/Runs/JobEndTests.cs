using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Runs.FromDump;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A load in a Job that is not wanted any more: as long as its pod is there, it may load.</summary>
public sealed class JobEndTests(TestBed bed)
{
    private const string Run = "20260301t100000z-from-dump-4f2a";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_on_a_node_that_is_gone_is_named_and_not_waited_for_for_ever()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var manifest = Manifest(scene).ToManifest();
        await scene.Api.CreateAsync(ResourceTypes.Jobs, scene.Namespace, manifest, WriteOptions.Default, Ct);
        var pod = manifest["spec"]!["template"]!.DeepClone().AsObject();
        pod["metadata"]!["name"] = "load-x2k9p";
        // No node of this name will ever say that the pod has ended.
        pod["spec"]!["nodeName"] = "node-b";
        var reference = ObjectReference.Of(ResourceTypes.Pods, await scene.CreatePodAsync(pod, Ct));
        await scene.Api.DeleteAsync(reference, new DeleteOptions(Uid: null), Ct);
        var end = new JobEnd(scene.Api, scene.Namespace, new HurriedClock(100));

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => end.RunAsync(Run, Ct))).Problem;

        Assert.Equal((ProblemCode.Stopped, "pod load-x2k9p was deleted and does not go"), (problem.Code, problem.Message));
        Assert.Contains("node node-b does not tell that it has ended", problem.Detail, StringComparison.Ordinal);
        Assert.Contains($"kubectl delete pod -n {scene.Namespace} load-x2k9p --force", problem.Hint, StringComparison.Ordinal);
        Assert.Null(await scene.Api.FindAsync(new ObjectReference(ResourceTypes.Jobs, scene.Namespace, "load"), Ct));

        // As the hint says.
        (await ToolProcess.RunAsync(scene.Server.Kubectl("delete", "pod", "-n", scene.Namespace, "load-x2k9p", "--force"), Ct)).Succeeded();
        await end.RunAsync(Run, Ct);
    }

    private static PsqlJob Manifest(ApiScene scene) => new()
    {
        Name = "load", Namespace = scene.Namespace, Image = "postgres:17", Volume = new DumpVolume.Claim("dumps"), File = "orders.sql", Decompress = "cat", Host = "orders-rw", Database = "orders",
        Secret = "orders-app", Run = Run,
    };
}
