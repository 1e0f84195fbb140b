using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes.Client;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Tests.Kubernetes;

/// <summary>What the status of a pod says about its containers.</summary>
public sealed class PodTests
{
    [Fact]
    public void Containers_that_have_begun_are_followed_init_containers_first()
    {
        var pod = Pod(
            "Never",
            """
            {"initContainerStatuses":[{"name":"bootstrap-controller","state":{"terminated":{"exitCode":0}}},{"name":"plugin-barman-cloud","state":{"running":{}}}],
             "containerStatuses":[{"name":"full-recovery","state":{"waiting":{"reason":"PodInitializing"}}}]}
            """);

        Assert.Equal(["bootstrap-controller", "plugin-barman-cloud"], PodStatus.StartedContainers(pod));
        Assert.Empty(PodStatus.Troubles(pod));
    }

    [Fact]
    public void A_pod_without_image_node_or_memory_says_so()
    {
        var pod = Pod(
            "Never",
            """
            {"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}],
             "initContainerStatuses":[{"name":"a","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}}}],
             "containerStatuses":[{"name":"b","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}
            """);

        Assert.Equal(
            [
                "container a waits: ImagePullBackOff, Back-off pulling image",
                "container b was killed for its memory (OOMKilled)",
                "no node takes the pod: Unschedulable, 0/3 nodes are available",
            ],
            PodStatus.Troubles(pod));
        Assert.Equal([("b", 137, "OOMKilled")], PodStatus.FailedContainers(pod));
    }

    [Theory]
    // A pod that has ended, one way or the other.
    [InlineData("OnFailure", """{"phase":"Succeeded"}""", "main", true)]
    [InlineData("OnFailure", """{"phase":"Failed"}""", "main", true)]
    [InlineData("OnFailure", """{"phase":"Running","containerStatuses":[{"name":"main","state":{"running":{}}}]}""", "main", false)]
    // A container of a Job's pod that has ended is not started again; one of a pod that restarts is.
    [InlineData("Never", """{"phase":"Running","containerStatuses":[{"name":"main","state":{"terminated":{"exitCode":1}}}]}""", "main", true)]
    [InlineData("Always", """{"phase":"Running","containerStatuses":[{"name":"main","state":{"terminated":{"exitCode":1}}}]}""", "main", false)]
    // An init container that has done its work, one that failed and is tried again, and a sidecar.
    [InlineData("Always", """{"phase":"Pending","initContainerStatuses":[{"name":"init","state":{"terminated":{"exitCode":0}}}]}""", "init", true)]
    [InlineData("Always", """{"phase":"Pending","initContainerStatuses":[{"name":"init","state":{"terminated":{"exitCode":1}}}]}""", "init", false)]
    [InlineData("Never", """{"phase":"Running","initContainerStatuses":[{"name":"sidecar","state":{"terminated":{"exitCode":1}}}]}""", "sidecar", false)]
    [InlineData("Never", """{"phase":"Pending"}""", "main", false)]
    public void A_log_has_ended_when_its_container_will_write_no_more(string restartPolicy, string status, string container, bool ended) =>
        Assert.Equal(ended, PodLogs.HasEnded(Pod(restartPolicy, status), container));

    private static JsonObject Pod(string restartPolicy, string status) => new()
    {
        ["spec"] = JsonNode.Parse($$"""{"restartPolicy":"{{restartPolicy}}","initContainers":[{"name":"init"},{"name":"sidecar","restartPolicy":"Always"}]}"""),
        ["status"] = JsonNode.Parse(status),
    };
}
