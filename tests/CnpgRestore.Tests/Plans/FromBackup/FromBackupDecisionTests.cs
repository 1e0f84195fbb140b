using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Tests.Plans.FromBackup;

/// <summary>Whether the same command goes on with a run, or names something else than that decided.</summary>
public sealed class FromBackupDecisionTests
{
    [Fact]
    public void The_same_command_goes_on() => Assert.Null(Decision.DifferenceTo(Request));

    [Fact]
    public void What_a_command_does_not_say_is_no_difference() => Assert.Null(Decision.DifferenceTo(Request with { Application = null, Files = [] }));

    [Fact]
    public void Another_database_owner_file_or_push_is_one()
    {
        Assert.Equal("--database", Decision.DifferenceTo(Request with { Application = new ApplicationDatabase("other", "shop", null) }));
        Assert.Equal("--owner", Decision.DifferenceTo(Request with { Application = new ApplicationDatabase("shop", "other", null) }));
        Assert.Equal("--database", (Decision with { Application = null }).DifferenceTo(Request));
        Assert.Equal("--push", Decision.DifferenceTo(Request with { Push = false }));
        Assert.Equal("--file", Decision.DifferenceTo(Request with { Files = ["/manifests/other.yaml"] }));
    }

    [Fact]
    public void Another_path_is_none_where_only_the_content_counts_or_the_files_lie_on_another_machine()
    {
        Assert.Null((Decision with { Host = "elsewhere.example.org" }).DifferenceTo(Request with { Files = ["/manifests/other.yaml"] }));
        Assert.Null((Decision with { Apply = ApplyMode.Api }).DifferenceTo(Request with { Apply = ApplyMode.Api, Files = ["/manifests/other.yaml"] }));
    }

    [Fact]
    public void The_hint_of_an_edit_is_the_command_that_edits()
    {
        var set = new ManifestSet(new ManifestFile("cluster.yaml", """
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: shop}
            spec:
              backup: {barmanObjectStore: {destinationPath: s3://backups}}
            """));

        var edited = Assert.Throws<RestoreException>(() => (Decision with { Application = null }).Edit(set)).Problem;
        var alone = Assert.Throws<RestoreException>(() => set.ToRecovery("shop", new RecoveryRequest { Source = "shop" })).Problem;

        Assert.Equal("cnpg-restore from-backup shop -n web -f /manifests/cluster.yaml --apply git --push --database NAME --owner NAME", edited.Hint);
        Assert.Equal("cnpg-restore manifest recovery -f cluster.yaml --cluster shop --database NAME --owner NAME", alone.Hint);
    }

    [Fact]
    public void A_command_is_printed_with_all_that_it_was_given() => Assert.Equal(
        "cnpg-restore from-backup shop -n web -f /manifests/cluster.yaml --apply git --push --database shop --owner shop --source old --lineage new --archive-name shop-2",
        FromBackupCommandText.Of(Request with { Source = "old", Lineage = Lineage.New, ArchiveName = "shop-2" }));

    private static FromBackupDecision Decision { get; } = new()
    {
        Run = "20260301t100000z-from-backup-4f2a", Cluster = "shop", Namespace = "web", Lineage = Lineage.New, Source = "old", Archive = "shop-2", Target = "latest", BackupId = "20260301T020000",
        SystemId = "7711054909860330000", Apply = ApplyMode.Git, Push = true, Files = ["/manifests/cluster.yaml"], Host = Environment.MachineName,
        Application = new ApplicationDatabase("shop", "shop", null),
    };

    private static FromBackupRequest Request { get; } = new()
    {
        Cluster = "shop", Namespace = "web", Apply = ApplyMode.Git, Push = true, Files = ["/manifests/cluster.yaml"], Application = new ApplicationDatabase("shop", "shop", null),
    };
}
