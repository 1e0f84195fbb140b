using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>Instances that do not start, answer, follow or come into being, each with what brings it back.</summary>
public sealed class InstanceFindingTests
{
    private const string OfCluster = """{"cnpg.io/cluster":"orders"}""";
    private const string Full = "Detected low-disk space condition, avoid starting the instance";
    private const string WithWal = """{"instances":2,"walStorage":{"size":"5Gi"}}""";
    private const string NoSpace = """{"phase":"Not enough disk space","phaseReason":"Insufficient disk space detected in one or more pods","currentPrimary":"orders-1"}""";
    private const string Enlarge = """ -n shop --type merge -p '{"spec":{"resources":{"requests":{"storage":"SIZE"}}}}'""";

    [Theory]
    [InlineData("{}", "kubectl patch pvc orders-2")]
    [InlineData(WithWal, "kubectl patch pvc orders-2-wal")]
    public void A_volume_that_is_full_is_enlarged_by_its_claim(string spec, string command)
    {
        var exam = LiveExam.Of(NoSpace, spec: spec) with { Pods = [LiveExam.Instance("orders-2", isReady: false)], Logs = [new ContainerLog("orders-2", "postgres", null, [Full])] };

        Assert.Equal(command + Enlarge, LiveExam.Single(exam, "volume-full").Command);
        Assert.False(LiveExam.Has(exam, "instances-not-ready"));
    }

    [Fact]
    public void A_phase_alone_tells_of_a_full_volume() => Assert.Equal("kubectl patch pvc orders-1-wal" + Enlarge, LiveExam.Single(LiveExam.Of(NoSpace, spec: WithWal), "volume-full").Command);

    [Fact]
    public void A_recovery_that_has_filled_its_volume_names_that_of_its_instance()
    {
        const string Job = "orders-3-full-recovery";
        var exam = LiveExam.Of("""{"phase":"Setting up primary"}""", spec: WithWal) with
        {
            Jobs = [LiveExam.Job(Job, "full-recovery")],
            Pods = [LiveExam.PodOf(Job, labels: OfCluster)],
            Logs = [new ContainerLog($"{Job}-x2k9p", "full-recovery", Job, ["ERROR: [Errno 28] No space left on device: 'base/1/2'"])],
        };

        Assert.Equal("kubectl patch pvc orders-3" + Enlarge, LiveExam.Single(exam, "volume-full").Command);
    }

    [Theory]
    [InlineData("Waiting for user action", "User must issue a supervised switchover", "switchover-awaited", "kubectl get pods -n shop -l cnpg.io/cluster=orders -L cnpg.io/instanceRole")]
    [InlineData("Instance Status Extraction Error: HTTP communication issue", "Communication issue detected", "instance-status-unreachable", "kubectl get networkpolicy -n shop")]
    public void A_phase_that_waits_for_a_person_is_not_on_its_way(string phase, string reason, string id, string command)
    {
        var exam = LiveExam.Of($$"""{"phase":"{{phase}}","phaseReason":"{{reason}}","currentPrimary":"orders-1","readyInstances":1}""") with { Pods = [LiveExam.Instance("orders-1")] };

        Assert.Equal(command, LiveExam.Single(exam, id).Command);
        Assert.False(LiveExam.Has(exam, "instances-not-ready"));
    }

    [Theory]
    [InlineData("new timeline 3 forked off current database system timeline 2 before current recovery point 0/5000000")]
    [InlineData("could not receive data from WAL stream: ERROR:  requested WAL segment 000000010000000000000003 has already been removed")]
    [InlineData("pg_rewind: error: could not find common ancestor of the source and target cluster's timelines")]
    [InlineData("FATAL:  requested timeline 3 is not a child of this server's history")]
    public void A_standby_that_cannot_follow_is_made_again_from_its_primary(string line)
    {
        var exam = Standby(line);
        var finding = LiveExam.Single(exam, "standby-diverged");

        Assert.Equal("kubectl delete -n shop pvc/orders-2 pvc/orders-2-wal pod/orders-2", finding.Command);
        Assert.Contains("is lost", finding.Ailment.Repair, StringComparison.Ordinal);
        Assert.False(LiveExam.Has(exam, "recovery-target-not-reached"));
    }

    [Fact]
    public void A_standby_is_not_deleted_while_the_primary_is_not_well()
    {
        var exam = Standby("pg_rewind: error: no") with { Pods = [LiveExam.Instance("orders-1", isReady: false), LiveExam.Instance("orders-2", isReady: false)] };

        Assert.Equal("kubectl logs orders-2 -n shop -c postgres", LiveExam.Single(exam, "standby-diverged").Command);
    }

    [Fact]
    public void What_a_primary_says_of_its_standbys_is_not_of_itself() => Assert.False(LiveExam.Has(
        Standby("") with { Logs = [new ContainerLog("orders-1", "postgres", null, ["ERROR:  requested WAL segment 000000010000000000000003 has already been removed"])] }, "standby-diverged"));

    [Fact]
    public void A_collation_of_another_library_is_told_of_a_Cluster_that_is_well()
    {
        var exam = LiveExam.Of(LiveExam.Healthy()) with
        {
            Pods = [LiveExam.Instance("orders-1")],
            Logs = [new ContainerLog("orders-1", "postgres", null, ["""{"level":"info","logger":"postgres","msg":"record","record":{"error_severity":"WARNING","message":"database \"shop\" has a collation version mismatch"}}"""])],
        };

        Assert.Equal(
            "kubectl exec -n shop orders-1 -c postgres -- psql -d shop -c 'REINDEX DATABASE \"shop\"' -c 'ALTER DATABASE \"shop\" REFRESH COLLATION VERSION'",
            LiveExam.Single(exam, "collation-mismatch").Command);
    }

    [Fact]
    public void A_pod_that_Kubernetes_refuses_is_told_by_the_event()
    {
        const string Job = "orders-1-full-recovery";
        var job = LiveExam.Json("""{"metadata":{"name":"orders-1-full-recovery","labels":{"cnpg.io/cluster":"orders","cnpg.io/jobRole":"full-recovery"}},"status":{}}""");
        var exam = LiveExam.Of("""{"phase":"Setting up primary"}""") with { Jobs = [job], Events = [Told("FailedCreate", $"Job {Job}", "pods \"orders-1-full-recovery-\" is forbidden: exceeded quota: small")] };

        Assert.Equal($"kubectl describe job {Job} -n shop", LiveExam.Single(exam, "pod-not-created").Command);
        Assert.False(LiveExam.Has(exam with { Pods = [LiveExam.PodOf(Job, labels: OfCluster)] }, "pod-not-created"));
    }

    [Theory]
    [InlineData("FailedMount", "Pending", true)]
    [InlineData("FailedAttachVolume", "Pending", true)]
    [InlineData("FailedMount", "Running", false)]
    public void A_pod_that_waits_for_its_volume_is_told_while_it_waits(string reason, string phase, bool isFound)
    {
        var pod = LiveExam.Instance("orders-1", isReady: false);
        pod["status"]!["phase"] = phase;
        var exam = LiveExam.Of("""{"phase":"Waiting for the instances to become active","currentPrimary":"orders-1"}""") with { Pods = [pod], Events = [Told(reason, "Pod orders-1", "Multi-Attach error for volume \"pvc-1\"")] };

        Assert.Equal(isFound, LiveExam.Has(exam, "volume-not-mounted"));
    }

    [Theory]
    [InlineData("2026-11-30T11:00:00Z", true)]
    [InlineData("2026-11-30T11:59:00Z", false)]
    public void A_Cluster_that_has_lost_all_its_volumes_is_not_on_its_way(string created, bool isFound)
    {
        var exam = LiveExam.Of("""{"phase":"Setting up primary","latestGeneratedNode":1}""", $$"""{"creationTimestamp":"{{created}}"}""");

        Assert.Equal(isFound, LiveExam.Has(exam, "latest-serial-not-zero"));
        Assert.Equal(!isFound, LiveExam.Has(exam, "instances-not-ready"));
        Assert.False(LiveExam.Has(exam with { Claims = [Claim("orders-1", "orders-1")] }, "latest-serial-not-zero"));
    }

    private static Examination Standby(string line) => LiveExam.Of("""{"phase":"Waiting for the instances to become active","readyInstances":1,"currentPrimary":"orders-1"}""", spec: """{"instances":2}""") with
    {
        Pods = [LiveExam.Instance("orders-1"), LiveExam.Instance("orders-2", isReady: false)],
        Claims = [Claim("orders-1", "orders-1"), Claim("orders-2", "orders-2"), Claim("orders-2-wal", "orders-2")],
        Logs = [new ContainerLog("orders-2", "postgres", null, [line])],
    };

    private static System.Text.Json.Nodes.JsonObject Claim(string name, string instance) => LiveExam.Json(
        $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"cnpg.io/cluster":"orders","cnpg.io/instanceName":"{{{{instance}}}}"}}}""");

    private static ClusterEvent Told(string reason, string about, string message) => new(true, reason, message, about, "", LiveExam.Now, 1);
}
