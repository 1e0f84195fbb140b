using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>Whether base backups are made, and which of them doctor can judge.</summary>
public sealed class BackupFindingTests
{
    private const string Failed = ""","conditions":[{"type":"LastBackupSucceeded","status":"False","reason":"LastBackupFailed","message":"exit status 4"}]""";
    private const string Nothing = "{}";
    private const string Snapshots = """{"volumeSnapshot":{"className":"snapshots"}}""";

    private static readonly BucketExamination Empty = new("s3://bucket", null, null, [], []);

    [Theory]
    [InlineData("failed", "2026-11-30T02:00:00Z", true)]
    [InlineData("invalid backup definition", "2026-11-30T02:00:00Z", true)]
    [InlineData("running", "2026-11-30T02:00:00Z", false)]
    [InlineData("walArchivingFailing", "2026-11-28T02:00:00Z", true)]
    [InlineData("", "2026-11-28T02:00:00Z", true)]
    [InlineData("completed", "2026-11-28T02:00:00Z", false)]
    public void The_newest_Backup_that_has_ended_or_should_have_counts(string phase, string created, bool isFound)
    {
        var exam = Live() with { Backups = [Backup("old", "completed", "2026-11-20T02:00:00Z"), Backup("new", phase, created, error: "no connection")] };

        Assert.Equal(isFound, LiveExam.Has(exam, "backups-failing"));
    }

    [Fact]
    public void A_Backup_that_has_just_begun_does_not_hide_that_the_one_before_has_failed()
    {
        var exam = Live() with { Bucket = Empty, Backups = [Backup("last", "failed", "2026-11-29T02:00:00Z", error: "exit status 4"), Backup("now", "running", "2026-11-30T11:59:00Z")] };
        var finding = LiveExam.Single(exam, "backups-failing");

        Assert.Equal("backup last, the newest of cluster orders, has failed: exit status 4", finding.What);
        Assert.Equal("kubectl describe backups.postgresql.cnpg.io last -n shop", finding.Command);
        Assert.Equal("no usable base backup", finding.Evidence[^1].Text);
    }

    [Fact]
    public void A_Backup_of_a_former_Cluster_of_the_name_says_nothing() => Assert.False(LiveExam.Has(
        LiveExam.Of(LiveExam.Healthy(), """{"creationTimestamp":"2026-11-25T00:00:00Z"}""") with { Backups = [Backup("old", "failed", "2026-11-20T02:00:00Z")] }, "backups-failing"));

    [Fact]
    public void Where_no_Backup_is_left_the_condition_tells()
    {
        Assert.Contains("exit status 4", LiveExam.Single(LiveExam.Of(LiveExam.Healthy(Failed)), "backups-failing").What, StringComparison.Ordinal);
        Assert.False(LiveExam.Has(LiveExam.Of(LiveExam.Healthy(Failed.Replace("LastBackupFailed", "BackupStarted", StringComparison.Ordinal))), "backups-failing"));
    }

    [Fact]
    public void Without_any_way_to_back_up_a_Cluster_takes_none() => Assert.True(LiveExam.Has(LiveExam.Of(LiveExam.Healthy(), backup: Nothing), "no-backup-configured"));

    [Fact]
    public void Snapshots_and_other_plugins_are_backups_too()
    {
        const string Plugin = """{"plugins":[{"name":"pgbackrest.example.org","isWALArchiver":true}]}""";
        var without = LiveExam.Of(LiveExam.Healthy(), backup: Nothing);

        Assert.All(
            [
                LiveExam.Of(LiveExam.Healthy(), backup: Snapshots), LiveExam.Of(LiveExam.Healthy(), spec: Plugin, backup: Nothing),
                without with { ScheduledBackups = [Backup("nightly", "", "2026-11-20T02:00:00Z", "volumeSnapshot")] }, without with { Backups = [Backup("one", "completed", "2026-11-20T02:00:00Z", "plugin")] },
            ],
            exam => Assert.False(LiveExam.Has(exam, "no-backup-configured")));
    }

    [Fact]
    public void A_folder_of_WAL_alone_is_enough_where_the_base_backups_are_snapshots()
    {
        var exam = Live() with { Bucket = Empty };

        Assert.True(LiveExam.Has(exam, "no-usable-backup"));
        Assert.False(LiveExam.Has(exam with { Backups = [Backup("one", "completed", "2026-11-30T02:00:00Z", "volumeSnapshot")] }, "no-usable-backup"));
    }

    [Fact]
    public void Only_what_writes_into_the_folder_is_to_be_suspended()
    {
        var exam = LiveExam.Of(LiveExam.Healthy(), """{"creationTimestamp":"2026-11-25T00:00:00Z"}""") with { Bucket = Empty };

        Assert.True(LiveExam.Has(exam with { ScheduledBackups = [Backup("nightly", "", "2026-11-20T02:00:00Z")] }, "scheduled-backup-on-fresh-cluster"));
        Assert.False(LiveExam.Has(exam with { ScheduledBackups = [Backup("nightly", "", "2026-11-20T02:00:00Z", "volumeSnapshot")] }, "scheduled-backup-on-fresh-cluster"));
    }

    private static Examination Live() => LiveExam.Of(LiveExam.Healthy());

    private static JsonObject Backup(string name, string phase, string created, string method = "barmanObjectStore", string error = "") => LiveExam.Json(
        $$$"""{"metadata":{"name":"{{{name}}}","creationTimestamp":"{{{created}}}"},"spec":{"method":"{{{method}}}","cluster":{"name":"orders"}},"status":{{{{(phase.Length == 0 ? "" : $"\"phase\":\"{phase}\",\"error\":\"{error}\"")}}}}}""");
}
