using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.CliTests.Apps;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>The Cluster <c>orders</c> with a table of rows, and dumps of it as its own programs write them.</summary>
static class ClusterDump
{
    public const int Rows = 5000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Fills the database and dumps it.</summary>
    /// <returns>The dump's path.</returns>
    public static async Task<string> MakeAsync(AppsScene scene)
    {
        await FillAsync(scene);
        return await WriteAsync(scene, "pg_dump", "--clean", "--if-exists", "-d", "orders");
    }

    public static Task FillAsync(AppsScene scene) => scene.Clusters.SqlAsync(
        AppsScene.Cluster,
        "orders",
        $"CREATE TABLE items (id serial PRIMARY KEY, text text); ALTER TABLE items OWNER TO orders; INSERT INTO items (text) SELECT md5(n::text) FROM generate_series(1, {Rows}) n; CREATE INDEX ON items (text)",
        Ct);

    public static async Task<string> WriteAsync(AppsScene scene, params string[] program)
    {
        var path = Path.Combine(scene.Folder, "orders.sql");
        await File.WriteAllTextAsync(path, await scene.Home.KubectlAsync(Ct, ["exec", "orders-1", "-c", "postgres", "--", .. program]), Ct);
        return path;
    }

    /// <summary>A dump without definitions; the tables are empty afterwards.</summary>
    public static async Task<string> RowsAloneAsync(AppsScene scene)
    {
        await scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", $"TRUNCATE items RESTART IDENTITY; DROP TABLE late; INSERT INTO items (text) SELECT md5(n::text) FROM generate_series(1, {Rows}) n", Ct);
        var dump = await WriteAsync(scene, "pg_dump", "--data-only", "-d", "orders");
        await scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "TRUNCATE items RESTART IDENTITY", Ct);
        return dump;
    }

    public static Task SpoilAsync(AppsScene scene) => scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "DELETE FROM items WHERE id % 3 = 0; CREATE TABLE late (id int)", Ct);

    public static Task<string> CountAsync(AppsScene scene) => scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "SELECT count(*) FROM items", Ct);

    /// <summary>The run that the record in the cluster names.</summary>
    public static string RunOf(JsonNode? record) => JsonDocument.Parse(record!["data"]!["decision.json"]!.GetValue<string>()).RootElement.GetProperty("run").GetString()!;

    /// <summary>The newest run of from-dump of the scene's machine.</summary>
    public static string LastRun(AppsScene scene) => FromDumpScene.NewestRun(Path.Combine(scene.Folder, "state"), "*-from-dump-*");
}
