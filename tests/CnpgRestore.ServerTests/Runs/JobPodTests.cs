using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Runs.FromDump;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A Job whose pod does not start: what Kubernetes says of it ends the wait, and what only takes time does not. Objects and events are those that it writes.</summary>
public sealed class JobPodTests(TestBed bed)
{
    private const string Job = "cnpg-restore-run";
    private const string Pod = "cnpg-restore-run-x2k9p";
    private const string MultiAttach = "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) backup-1";

    private static readonly HurriedClock Hurried = new(600);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("FailedAttachVolume", MultiAttach, "PersistentVolumeClaim dumps is mounted on another node", "kubectl get pods -n NAMESPACE -o wide")]
    [InlineData("FailedMount", "Unable to attach or mount volumes: timed out waiting for the condition", "the volume pvc:dumps cannot be mounted", "kubectl describe pod -n NAMESPACE " + Pod)]
    public async Task A_volume_that_is_not_mounted_in_minutes_ends_the_wait(string reason, string message, string problem, string hint)
    {
        await using var scene = await SceneAsync();
        await scene.CreatePodAsync(PodOf(scene), Ct);
        await TellAsync(scene, "Pod", Pod, reason, message);

        await AssertEndsAsync(scene, problem, message, hint);
    }

    [Fact]
    public async Task A_pod_that_no_node_takes_in_minutes_ends_the_wait()
    {
        await using var scene = await SceneAsync();
        var pod = await scene.CreatePodAsync(PodOf(scene), Ct);
        await StatusAsync(
            scene, pod,
            """{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/2 nodes are available: 2 node(s) didn't match Pod's node affinity."}]}""");

        await AssertEndsAsync(scene, $"the pod {Pod} that would read the dumps does not start", "Unschedulable, 0/2 nodes are available", $"kubectl describe pod -n NAMESPACE {Pod}");
    }

    [Fact]
    public async Task A_job_that_gets_no_pod_in_minutes_ends_the_wait()
    {
        await using var scene = await SceneAsync();
        await TellAsync(scene, "Job", Job, "FailedCreate", "Error creating: pods is forbidden: exceeded quota: small");

        await AssertEndsAsync(scene, $"the Job {Job} gets no pod", "exceeded quota", $"kubectl describe job -n NAMESPACE {Job}");
    }

    [Theory]
    // An image is being pulled, and nothing is said at all.
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_only_takes_long_is_waited_for(bool isPulling)
    {
        await using var scene = await SceneAsync();
        var pod = await scene.CreatePodAsync(PodOf(scene), Ct);
        if (isPulling)
        {
            await TellAsync(scene, "Pod", Pod, "FailedAttachVolume", MultiAttach);
            await TellAsync(scene, "Pod", Pod, "Pulling", "Pulling image \"postgres:17\"");
        }

        var begun = WaitAsync(scene);
        await Task.Delay(TimeSpan.FromMinutes(20), Hurried, Ct);
        Assert.False(begun.IsCompleted);
        await StatusAsync(scene, pod, """{"phase":"Running","containerStatuses":[{"name":"psql","image":"postgres:17","imageID":"","ready":true,"restartCount":0,"state":{"running":{}}}]}""");

        Assert.Equal(Pod, await begun);
    }

    [Fact]
    public async Task A_job_that_has_ended_and_whose_pod_is_gone_has_none()
    {
        await using var scene = await SceneAsync();
        await scene.WriteStatusAsync(
            new ObjectReference(ResourceTypes.Jobs, scene.Namespace, Job), JsonNode.Parse("""{"conditions":[{"type":"Complete","status":"True"}],"succeeded":1}""")!, Ct);

        Assert.Null(await WaitAsync(scene));
    }

    [Fact]
    public async Task A_job_that_has_failed_at_once_has_a_pod_whose_log_says_why()
    {
        await using var scene = await SceneAsync();
        var pod = await scene.CreatePodAsync(PodOf(scene), Ct);
        await StatusAsync(
            scene, pod, """{"phase":"Failed","containerStatuses":[{"name":"psql","image":"postgres:17","imageID":"","ready":false,"restartCount":0,"state":{"terminated":{"exitCode":3}}}]}""");
        await scene.WriteStatusAsync(
            new ObjectReference(ResourceTypes.Jobs, scene.Namespace, Job), JsonNode.Parse("""{"conditions":[{"type":"Failed","status":"True"}],"failed":1}""")!, Ct);

        Assert.Equal(Pod, await WaitAsync(scene));
    }

    /// <summary>The pod that reads, before there is a Job: what writes the dumps has the claim.</summary>
    [Fact]
    public async Task A_reader_is_put_near_the_pod_that_has_the_claim_and_says_who_has_it_elsewhere()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var writer = PodOf(scene);
        (writer["metadata"]!["name"], writer["spec"]!["nodeName"]) = ("backup-1", "node-b");
        await StatusAsync(scene, await scene.CreatePodAsync(writer, Ct), """{"phase":"Running"}""");

        var starting = DumpPod.StartAsync(scene.Api, new DumpVolume.Claim("dumps"), "postgres:17", "orders", new HurriedClock(20), Ct);
        JsonObject? reader;
        while ((reader = await scene.Api.ListAsync(ResourceTypes.Pods, scene.Namespace, new ListSelector(Labels: ReaderPod.Label), Ct).FirstOrDefaultAsync(Ct)) is null)
        {
            Assert.False(starting.IsFaulted, $"{starting.Exception}");
        }

        await TellAsync(scene, "Pod", reader["metadata"]!["name"]!.GetValue<string>(), "FailedAttachVolume", MultiAttach);
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => starting)).Problem;

        Assert.Contains("\"node-b\"", reader["spec"]!["affinity"]!["nodeAffinity"]!["preferredDuringSchedulingIgnoredDuringExecution"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("PersistentVolumeClaim dumps is mounted on another node", problem.Message);
        Assert.Empty(await scene.Api.ListAsync(ResourceTypes.Pods, scene.Namespace, new ListSelector(Labels: ReaderPod.Label), Ct).Where(pod => pod["metadata"]!["deletionTimestamp"] is null).ToListAsync(Ct));
    }

    private async Task<ApiScene> SceneAsync()
    {
        var scene = await ApiScene.OpenAsync(bed, Ct);
        await scene.Api.CreateAsync(ResourceTypes.Jobs, scene.Namespace, Manifest(scene).ToManifest(), WriteOptions.Default, Ct);
        return scene;
    }

    private static Task<string?> WaitAsync(ApiScene scene) => new JobPod(scene.Api, scene.Namespace, Job, new DumpVolume.Claim("dumps"), Hurried).BegunAsync(Ct);

    private static async Task AssertEndsAsync(ApiScene scene, string message, string detail, string hint)
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => WaitAsync(scene))).Problem;

        Assert.Equal((ProblemCode.Stopped, message), (problem.Code, problem.Message));
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
        Assert.Contains(hint.Replace("NAMESPACE", scene.Namespace, StringComparison.Ordinal), problem.Hint, StringComparison.Ordinal);
    }

    private static PsqlJob Manifest(ApiScene scene) => new()
    {
        Name = Job, Namespace = scene.Namespace, Image = "postgres:17", Volume = new DumpVolume.Claim("dumps"), File = "orders.sql", Decompress = "cat", Host = "orders-rw", Database = "orders",
        Secret = "orders-app", Node = "node-a",
    };

    private static JsonObject PodOf(ApiScene scene)
    {
        var template = Manifest(scene).ToManifest()["spec"]!["template"]!.DeepClone().AsObject();
        template["metadata"]!["name"] = Pod;
        template["metadata"]!["labels"]!["job-name"] = Job;
        return template;
    }

    private static Task StatusAsync(ApiScene scene, JsonObject pod, string status) => scene.WriteStatusAsync(ObjectReference.Of(ResourceTypes.Pods, pod), JsonNode.Parse(status)!, Ct);

    private static Task TellAsync(ApiScene scene, string kind, string about, string reason, string message) => scene.Api.CreateAsync(
        ResourceTypes.Events,
        scene.Namespace,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"{about}.{reason.ToLowerInvariant()}" },
            ["involvedObject"] = new JsonObject { ["kind"] = kind, ["namespace"] = scene.Namespace, ["name"] = about },
            ["type"] = "Warning",
            ["reason"] = reason,
            ["message"] = message,
        },
        WriteOptions.Default,
        Ct);
}
