using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Tests.Runs.Clusters;

/// <summary>What a person reads before a run of a Cluster is taken back.</summary>
public sealed class ClusterUndoPlanTests
{
    private static readonly SuspendedOwner Flux = new("Kustomization", "v1", "flux-system", "database");

    [Fact]
    public void A_cluster_that_was_found_stays_and_only_what_was_suspended_goes_on()
    {
        var decision = Decision with { FormerUid = "former", Owners = [Flux], Apply = ApplyMode.Git };

        var plan = new ClusterUndoPlan(decision, Created: null, Commit: null, [], [Flux], []).ToPlan();

        Assert.Equal(["resume-gitops", "forget"], plan.Steps.Select(step => step.Id));
        Assert.Equal("take run 20261122t140000z-from-backup-4f2a back: cluster orders in namespace shop was not touched and stays; resume Kustomization flux-system/database", plan.Summary);
        Assert.False(plan.IsDestructive);
        Assert.Equal(("undo", "shop/orders"), (plan.Command, plan.Subject));
    }

    [Fact]
    public void Where_none_was_found_the_new_one_goes_and_commit_and_folders_are_as_before()
    {
        var decision = Decision with { Owners = [Flux], Apply = ApplyMode.Git, MoveTo = "orders-backup", Push = true, Files = ["cluster.yaml"] };

        var plan = new ClusterUndoPlan(decision, "uid", "0123456789", [Move("orders", "orders-20261122t140000z"), Move("orders-backup", "orders")], [], []).ToPlan();

        string[] move = ["copy-data", "copy-backup-info", "prove", "check-unchanged", "remove-source", "prove-removed"];
        Assert.Equal(["delete-cluster", "revert", .. move, .. move, "resume-gitops", "forget"], plan.Steps.Select(step => step.Id));
        Assert.Equal(
            "take run 20261122t140000z-from-backup-4f2a back: delete cluster orders in namespace shop, which it created; revert the commit 0123456789; "
            + "rename orders/ to orders-20261122t140000z/, which sets aside what is there now; rename orders-backup/ to orders/",
            plan.Summary);
        Assert.True(plan.IsDestructive);
        Assert.Contains("what was written to it since is lost", plan.Steps[0].Changes, StringComparison.Ordinal);
        Assert.Contains("and is pushed", plan.Steps[1].Changes, StringComparison.Ordinal);
        Assert.Equal("nothing: no run has suspended any", plan.Steps[^2].Changes);
        Assert.Equal("deletes configmap cnpg-restore-orders in namespace shop", plan.Steps[^1].Changes);
    }

    [Fact]
    public void Where_nothing_was_made_yet_nothing_is_said_to_be_deleted()
    {
        var plan = new ClusterUndoPlan(Decision with { Apply = ApplyMode.Git }, Created: null, Commit: null, [], [], []).ToPlan();

        Assert.Equal(["revert", "forget"], plan.Steps.Select(step => step.Id));
        Assert.Equal("nothing", plan.Steps[0].Changes);
        Assert.False(plan.IsDestructive);
        Assert.EndsWith("back: there is no cluster orders in namespace shop of this run", plan.Summary, StringComparison.Ordinal);
    }

    private static FromBackupDecision Decision { get; } = new()
    {
        Run = "20261122t140000z-from-backup-4f2a",
        Cluster = "orders",
        Namespace = "shop",
        Lineage = Lineage.Move,
        Archive = "orders",
        Apply = ApplyMode.Api,
        Host = "here",
        Source = "orders-backup",
        Target = "latest",
        BackupId = "20261122T020000",
        SystemId = "7300000000000000001",
    };

    private static FolderMovePlan Move(string source, string target) => new(
        "s3://b", "s3://b at AWS", ArchiveMove.Of(source, target), MoveState.Fresh, 3, new ByteSize(7), 0, new ByteSize(0), []);
}
