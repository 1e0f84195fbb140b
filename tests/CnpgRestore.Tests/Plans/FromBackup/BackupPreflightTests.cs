using System.Text.Json.Nodes;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.Plans.FromBackup;

/// <summary>The backup is of PostgreSQL 15: what is known of the new Cluster's before the former one is deleted.</summary>
public sealed class BackupPreflightTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"imageName":"ghcr.io/cloudnative-pg/postgresql:15.4"}""", """{"imageName":"ghcr.io/cloudnative-pg/postgresql:15.4"}""", null, null)]
    [InlineData(
        """{"imageName":"ghcr.io/cloudnative-pg/postgresql:17.5"}""", """{"imageName":"ghcr.io/cloudnative-pg/postgresql:17.5"}""",
        "the image is ghcr.io/cloudnative-pg/postgresql:17.5, base backup", "set spec.imageName to an image of PostgreSQL 15")]
    // What the operator fills in.
    [InlineData("{}", """{"imageName":"ghcr.io/cloudnative-pg/postgresql:15.8"}""", null, null)]
    [InlineData(
        "{}", """{"imageName":"ghcr.io/cloudnative-pg/postgresql:18.0-system-trixie"}""",
        "the manifest names no image, and the operator takes ghcr.io/cloudnative-pg/postgresql:18.0-system-trixie, base backup", "set spec.imageName to an image of PostgreSQL 15")]
    [InlineData(
        """{"imageCatalogRef":{"kind":"ClusterImageCatalog","name":"standard","major":17}}""", """{"imageCatalogRef":{"kind":"ClusterImageCatalog","name":"standard","major":17}}""",
        "spec.imageCatalogRef.major is 17, base backup", "set spec.imageCatalogRef.major to 15")]
    public async Task Another_PostgreSQL_than_that_of_the_backup_is_refused(string manifest, string asCreated, string? detail, string? hint)
    {
        var notes = new List<string>();

        var problem = BackupPreflight.CheckVersion(await PathAsync(), Read(manifest), Read(asCreated), notes);

        Assert.Empty(notes);
        Assert.Equal(detail is null, problem is null);
        Assert.StartsWith(detail ?? "", problem?.Detail ?? "", StringComparison.Ordinal);
        Assert.StartsWith(hint ?? "", problem?.Hint ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "{}", "the manifest names no image")]
    [InlineData("""{"imageName":"registry.example.org/postgres@sha256:0123"}""", """{"imageName":"registry.example.org/postgres@sha256:0123"}""", "the image is registry.example.org/postgres@sha256:0123")]
    public async Task A_PostgreSQL_that_nobody_can_tell_is_noted(string manifest, string asCreated, string why)
    {
        var notes = new List<string>();

        Assert.Null(BackupPreflight.CheckVersion(await PathAsync(), Read(manifest), Read(asCreated), notes));

        Assert.Equal($"which PostgreSQL the new Cluster gets is not known ({why}): base backup {GoldenFolder.SecondBackup} needs 15", Assert.Single(notes));
    }

    private static ClusterManifest Read(string spec) => ClusterManifest.Read(new JsonObject { ["spec"] = JsonNode.Parse(spec) }, _ => null);

    private static async Task<RecoveryPath> PathAsync()
    {
        using var golden = new GoldenFolder();
        var (catalog, archive) = await golden.ReadAsync();
        return Assert.IsType<Reachability.Reachable>(await new TargetCheck(golden.Store, catalog, archive).RunAsync(new RecoveryTarget.Latest(), null, Ct)).Path;
    }
}
