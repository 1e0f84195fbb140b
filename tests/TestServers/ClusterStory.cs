using System.Globalization;

namespace CnpgRestore.TestServers;

/// <summary>
/// What a Cluster has left in its bucket: two base backups, WAL, and rows whose number is known for several moments. The Cluster itself is gone.
/// Its database and owner are <c>orders</c>, its rows are in table <c>events</c>.
/// </summary>
/// <param name="Folder">Of the server name <c>orders-v1</c>. A test that recovers copies it into its own bucket: <see cref="ClusterScene.TakeOverAsync"/>.</param>
/// <param name="Backups">Ids, oldest first.</param>
/// <param name="Moments">Oldest first: before the first backup, between the two, and two after the second, the last without any of its WAL missing.</param>
/// <param name="SystemIdentifier">Decimal.</param>
public sealed record ClusterStory(S3Folder Folder, IReadOnlyList<string> Backups, IReadOnlyList<StoryMoment> Moments, string SystemIdentifier)
{
    private const string Cluster = "orders";
    private const string Database = "orders";

    public static async Task<ClusterStory> TellAsync(TestBed bed, CancellationToken ct)
    {
        await using var scene = await ClusterScene.CreateAsync(bed, ct);
        await scene.Namespace.ApplyAsync(scene.Manifests.Initdb(Cluster, "orders-v1"), ct);
        await scene.HealthyAsync(Cluster, ct);
        await scene.SqlAsync(Cluster, Database, "CREATE TABLE events (id bigserial PRIMARY KEY, note text NOT NULL); ALTER TABLE events OWNER TO orders", ct);
        List<StoryMoment> moments = [await WriteAsync(scene, 1000, ct)];
        List<string> backups = [await scene.BackUpAsync(Cluster, "first", ct)];
        moments.Add(await WriteAsync(scene, 500, ct));
        await scene.ArchiveAsync(Cluster, ct);
        backups.Add(await scene.BackUpAsync(Cluster, "second", ct));
        moments.Add(await WriteAsync(scene, 300, ct));
        await scene.ArchiveAsync(Cluster, ct);
        moments.Add(await WriteAsync(scene, 200, ct));
        await scene.ArchiveAsync(Cluster, ct);
        var system = await scene.SqlAsync(Cluster, Database, "SELECT system_identifier FROM pg_control_system()", ct);
        // A running Cluster would go on archiving.
        await scene.Namespace.KubectlAsync(ct, "delete", "cluster", Cluster);
        await scene.UntilAsync("pods", pods => pods!["items"]!.AsArray().Count == 0, ct);
        return new ClusterStory(scene.Folder("orders-v1"), backups, moments, system);
    }

    private static async Task<StoryMoment> WriteAsync(ClusterScene scene, int rows, CancellationToken ct)
    {
        await scene.SqlAsync(Cluster, Database, $"INSERT INTO events (note) SELECT md5(n::text) FROM generate_series(1, {rows}) n", ct);
        var values = await scene.SqlAsync(
            Cluster,
            Database,
            "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH'), l, pg_walfile_name(l), (SELECT count(*) FROM events) FROM pg_current_wal_insert_lsn() l",
            ct);
        var fields = values.Split('|');
        return new StoryMoment(
            DateTimeOffset.ParseExact(fields[0], "yyyy-MM-dd'T'HH:mm:ss.ffffffzz", CultureInfo.InvariantCulture).UtcDateTime,
            fields[1],
            fields[2],
            long.Parse(fields[3], CultureInfo.InvariantCulture));
    }
}
