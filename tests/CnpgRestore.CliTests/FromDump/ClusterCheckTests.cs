using System.Text.Json;
using CnpgRestore.CliTests.Apps;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary><c>verify</c> and <c>sequences</c> on the database of a Cluster, as somebody uses them after a restore.</summary>
public sealed class ClusterCheckTests(TestBed bed)
{
    private const string Cluster = AppsScene.Cluster;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_application_database_of_a_Cluster_is_verified_and_its_sequences_are_set(bool hasSuperuser)
    {
        await using var scene = hasSuperuser ? await AppsScene.CreateWithSuperuserAsync(bed) : await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await scene.Clusters.SqlAsync(Cluster, "orders", "ANALYZE", Ct);
        var baseline = Path.Combine(scene.Folder, "before.json");

        var same = await scene.RunAsync("verify", Cluster, "--dump", dump);
        var saved = await scene.RunAsync("verify", Cluster, "--save", baseline);
        await ClusterDump.SpoilAsync(scene);
        await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT setval('items_id_seq', 7)", Ct);
        var other = await scene.RunAsync("verify", Cluster, "--dump", dump, "-o", "json");
        var known = await scene.RunAsync("verify", Cluster, "--baseline", baseline, "--database", "orders");
        var behind = await scene.RunAsync("sequences", Cluster);
        var set = await scene.RunAsync("sequences", Cluster, "--fix", "-o", "json");
        var again = await scene.RunAsync("sequences", Cluster, "--database", "orders");

        Assert.True((same.ExitCode, saved.ExitCode) == (0, 0), same.Output + same.Error + saved.Output + saved.Error);
        Assert.True((other.ExitCode, known.ExitCode) == (3, 3), other.Output + other.Error + known.Output + known.Error);
        var differences = JsonDocument.Parse(other.Output).RootElement.GetProperty("differences").EnumerateArray().Select(difference => difference.GetProperty("kind").GetString());
        Assert.Contains("rows", differences);
        Assert.Contains("sequence", differences);
        Assert.True((behind.ExitCode, set.ExitCode, again.ExitCode) == (3, 0, 0), behind.Output + behind.Error + set.Output + set.Error + again.Output + again.Error);
        Assert.Contains("public.items_id_seq", behind.Output, StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(set.Output).RootElement.GetProperty("fixed").GetInt32());
        Assert.Equal("0", await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT count(*) FROM items WHERE id > (SELECT last_value FROM items_id_seq)", Ct));
        Assert.Equal("0", await scene.Clusters.SqlAsync(Cluster, "postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'cnpg_restore%'", Ct));
    }

    [Fact]
    public async Task What_is_not_there_or_not_whole_is_told_with_its_exit_code()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        var cut = Path.Combine(scene.Folder, "cut.sql");
        await File.WriteAllTextAsync(cut, (await File.ReadAllTextAsync(dump, Ct))[..2000], Ct);

        var noCluster = await scene.RunAsync("verify", "nobody", "--dump", dump);
        var noSequences = await scene.RunAsync("sequences", "nobody", "--database", "orders");
        var noDatabase = await scene.RunAsync("sequences", Cluster, "--database", "nothing");
        var notWhole = await scene.RunAsync("verify", Cluster, "--dump", cut);
        var noDump = await scene.RunAsync("verify", Cluster, "--dump", "/no/such/file");

        Assert.Equal((10, 10, 10, 15, 10), (noCluster.ExitCode, noSequences.ExitCode, noDatabase.ExitCode, notWhole.ExitCode, noDump.ExitCode));
        Assert.Contains("nobody", noCluster.Error, StringComparison.Ordinal);
        Assert.Contains("database nothing does not exist", noDatabase.Error, StringComparison.Ordinal);
        Assert.Contains("is not a whole dump", notWhole.Error, StringComparison.Ordinal);
        Assert.Equal("0", await scene.Clusters.SqlAsync(Cluster, "postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'cnpg_restore%'", Ct));
    }
}
