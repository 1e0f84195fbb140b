using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>Whether a Cluster has its data, serves and stays: what the operator wrote is held against pods, volumes and Jobs.</summary>
public sealed class StatusFindingTests
{
    private const string OfCluster = """{"cnpg.io/cluster":"orders"}""";
    private const string Unrecoverable = """{"phase":"Cluster is unrecoverable and needs manual intervention","phaseReason":"Instance creation failed"}""";
    private const string NoPods = """{"phase":"Cluster is unrecoverable and needs manual intervention","phaseReason":"No pods are active, the cluster needs manual intervention ","currentPrimary":"orders-1"}""";
    private const string Upgrading = """{"phase":"Upgrading Postgres major version","currentPrimary":"orders-1","pgDataImageInfo":{"image":"registry/postgresql:16.4"}}""";
    private const string Creating = """{"phase":"Creating a new replica","readyInstances":1,"currentPrimary":"orders-1"}""";

    [Fact]
    public void A_Cluster_without_anything_is_recovered_again()
    {
        var exam = LiveExam.Of(Unrecoverable) with
        {
            Jobs = [LiveExam.Job("orders-1-full-recovery", "full-recovery")],
            Claims = [LiveExam.Json("""{"metadata":{"name":"orders-1","annotations":{"cnpg.io/pvcStatus":"initializing"}}}""")],
        };

        Assert.Equal("cnpg-restore from-backup orders -n shop", LiveExam.Single(exam, "cluster-unrecoverable").Command);
    }

    [Fact]
    public void What_a_recovery_would_delete_keeps_it_from_being_printed()
    {
        var standby = LiveExam.Of(NoPods) with { Jobs = [LiveExam.Job("orders-2-join", "join")] };
        var ready = LiveExam.Of(Unrecoverable) with { Pods = [LiveExam.Instance("orders-1")] };
        var volume = LiveExam.Of(Unrecoverable) with { Claims = [LiveExam.Json("""{"metadata":{"name":"orders-1","annotations":{"cnpg.io/pvcStatus":"ready"}}}""")] };

        Assert.All([standby, ready, volume, LiveExam.Of(NoPods)], exam => Assert.DoesNotContain(Verdict.On(exam).Findings, finding => finding.Command?.Contains("from-backup", StringComparison.Ordinal) == true));
        Assert.Equal("kubectl logs -n shop job/orders-2-join", LiveExam.Single(standby, "unrecoverable-with-data").Command);
        Assert.Equal("kubectl describe cluster orders -n shop", LiveExam.Single(volume, "unrecoverable-with-data").Command);
        Assert.Equal("the operator has given up cluster orders, and its data may be there", LiveExam.Single(LiveExam.Of(NoPods), "unrecoverable-with-data").What);
        Assert.Equal("the operator has given up cluster orders, and its data is there", LiveExam.Single(ready, "unrecoverable-with-data").What);
        Assert.Contains(LiveExam.Single(volume, "unrecoverable-with-data").Evidence, item => item.Text == "cnpg.io/pvcStatus: ready");
    }

    [Fact]
    public void Healthy_without_its_pods_is_a_status_of_the_past()
    {
        var gone = LiveExam.Of(LiveExam.Healthy());
        var evicted = gone with { Pods = [LiveExam.Instance("orders-1", isReady: false), LiveExam.Instance("orders-2", metadata: ",\"deletionTimestamp\":\"2026-11-30T11:00:00Z\"")] };

        Assert.Equal("the status of cluster orders is stale: it says 1 ready, 0 pods are", LiveExam.Single(gone, "status-stale").What);
        Assert.Equal("kubectl get pods -A -l app.kubernetes.io/name=cloudnative-pg", LiveExam.Single(evicted, "status-stale").Command);
        Assert.Equal(4, Verdict.On(gone).ExitCode);
        Assert.False(LiveExam.Has(gone with { Pods = [LiveExam.Instance("orders-1")] }, "status-stale"));
    }

    [Theory]
    [InlineData("""{"annotations":{"cnpg.io/hibernation":"on"}}""")]
    [InlineData("""{"annotations":{"cnpg.io/fencedInstances":"[\"*\"]"}}""")]
    [InlineData("""{"deletionTimestamp":"2026-11-30T11:00:00Z"}""")]
    public void Pods_that_are_gone_on_purpose_are_no_such_thing(string metadata) => Assert.False(LiveExam.Has(LiveExam.Of(LiveExam.Healthy(), metadata), "status-stale"));

    [Fact]
    public void Pods_that_could_not_be_listed_are_not_missing() => Assert.False(LiveExam.Has(LiveExam.Of(LiveExam.Healthy()) with { KnowsPods = false }, "status-stale"));

    [Fact]
    public void An_instance_speaks_where_the_status_is_not_believed()
    {
        var exam = LiveExam.Of(LiveExam.Healthy()) with
        {
            Pods = [LiveExam.Instance("orders-1", isReady: false)],
            Logs = [new ContainerLog("orders-1", "postgres", null, ["FATAL:  could not write: No space left on device"])],
        };

        Assert.True(LiveExam.Has(exam, "volume-full"));
        Assert.False(LiveExam.Has(exam with { Pods = [LiveExam.Instance("orders-1")] }, "volume-full"));
    }

    [Fact]
    public void A_Cluster_that_goes_away_is_told_with_who_holds_it()
    {
        var exam = LiveExam.Of(LiveExam.Healthy(), """{"deletionTimestamp":"2026-11-30T11:00:00Z","finalizers":["foregroundDeletion","example.org/keep"]}""");

        Assert.Equal("cluster orders is being deleted, and foregroundDeletion, example.org/keep holds it", LiveExam.Single(exam, "cluster-being-deleted").What);
        Assert.False(LiveExam.Has(exam with { Holder = "a run" }, "cluster-being-deleted"));
    }

    [Fact]
    public void A_major_upgrade_that_failed_is_told_with_the_way_back()
    {
        var exam = LiveExam.Of(Upgrading) with
        {
            Jobs = [LiveExam.Job("orders-1-major-upgrade", "major-upgrade")],
            Pods = [LiveExam.PodOf("orders-1-major-upgrade", labels: OfCluster)],
            Logs = [new ContainerLog("orders-1-major-upgrade-x2k9p", "major-upgrade", "orders-1-major-upgrade", ["checking", "No space left on device", "Failure, exiting"])],
        };
        var finding = LiveExam.Single(exam, "major-upgrade-failed");

        Assert.Equal("kubectl patch cluster orders -n shop --type merge -p '{\"spec\":{\"imageName\":\"registry/postgresql:16.4\"}}' && kubectl delete job orders-1-major-upgrade -n shop --ignore-not-found", finding.Command);
        Assert.Equal("Failure, exiting", finding.Evidence[^1].Text);
        Assert.True(LiveExam.Has(exam, "volume-full"));
        Assert.False(LiveExam.Has(exam, "instances-not-ready"));
        Assert.False(LiveExam.Has(exam, "setting-up-primary-for-ever"));
        Assert.Equal(4, Verdict.On(exam).ExitCode);
    }

    [Fact]
    public void The_image_of_a_catalogue_is_for_a_person_to_go_back_to()
    {
        var exam = LiveExam.Of(Upgrading, spec: """{"imageCatalogRef":{"name":"postgresql","major":17}}""") with { Jobs = [LiveExam.Job("orders-1-major-upgrade", "major-upgrade")] };

        Assert.Equal("kubectl edit cluster orders -n shop && kubectl delete job orders-1-major-upgrade -n shop --ignore-not-found", LiveExam.Single(exam, "major-upgrade-failed").Command);
    }

    [Theory]
    [InlineData("join")]
    [InlineData("snapshot-recovery")]
    public void A_standby_that_cannot_be_made_is_a_warning_while_it_is_missing(string role)
    {
        var exam = LiveExam.Of(Creating, spec: """{"instances":2}""") with { Pods = [LiveExam.Instance("orders-1")], Jobs = [LiveExam.Job($"orders-2-{role}", role)] };

        Assert.Equal($"kubectl logs -n shop job/orders-2-{role}", LiveExam.Single(exam, "join-failed").Command);
        Assert.False(LiveExam.Has(exam, "instances-not-ready"));
        Assert.False(LiveExam.Has(LiveExam.Of(LiveExam.Healthy()) with { Pods = exam.Pods, Jobs = exam.Jobs }, "join-failed"));
        // Made by a later attempt, and not ready for another reason.
        Assert.False(LiveExam.Has(exam with { Pods = [LiveExam.Instance("orders-1"), LiveExam.Instance("orders-2", isReady: false)] }, "join-failed"));
    }

    [Fact]
    public void A_snapshot_that_makes_the_first_instance_is_a_recovery() => Assert.True(LiveExam.Has(
        LiveExam.Of("""{"phase":"Setting up primary"}""") with { Jobs = [LiveExam.Job("orders-1-snapshot-recovery", "snapshot-recovery")] }, "setting-up-primary-for-ever"));
}
