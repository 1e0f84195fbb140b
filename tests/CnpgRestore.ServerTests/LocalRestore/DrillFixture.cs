using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.LocalRestore;

/// <summary>
/// One real story in a bucket, and a mirror of it in a directory: two timelines, a tablespace, a base backup on each timeline, and rows that
/// are known at every moment. Beside it there are a database with settings that no drill may fall over, and what an interrupted DROP DATABASE
/// leaves. Tests change copies of the mirror only.
/// </summary>
public sealed class DrillFixture(TestBed bed) : IAsyncLifetime
{
    public const string Server = "orders";
    public const int SlowRows = 100_000;
    private const int SegmentsPerTimeline = 8;

    private readonly TemporaryFolder _folder = new("drill");

    public S3Server S3 { get; private set; } = null!;

    public S3Folder Bucket { get; private set; } = null!;

    /// <summary>The base backup of the first timeline.</summary>
    public string FirstBackup { get; private set; } = "";

    /// <summary>Before the first promotion, right behind a commit; a later commit follows on the same timeline.</summary>
    public StoryMoment Middle { get; private set; } = null!;

    /// <summary>Everything that was archived.</summary>
    public StoryMoment Last { get; private set; } = null!;

    public string RestorePoint => "before_promotion";

    public string SystemIdentifier { get; private set; } = "";

    /// <summary>Where the server made a tablespace behind all of this; the folder is gone.</summary>
    public string LaterTablespace => Path.Combine(_folder.Path, "later");

    /// <summary>The key of the segment that says so, which neither the bucket nor the mirror has.</summary>
    public string LaterSegment { get; private set; } = "";

    /// <summary>The mirror; not to be changed.</summary>
    public string Mirror => Path.Combine(_folder.Path, "mirror");

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        S3 = await bed.S3Async(ct);
        var barman = new BarmanCloud(S3, await S3.CreateBucketAsync(ct), Server, BarmanCompression.Gzip);
        await using var story = await BarmanStory.BeginAsync(S3, barman, ct);
        Bucket = story.Folder;
        SystemIdentifier = await story.Postgres.QueryAsync<string>("SELECT system_identifier::text FROM pg_control_system()", ct);
        var tablespace = await PostgresUser.CreateFolderAsync(Path.Combine(story.Postgres.Folder, "fast"), ct);
        await story.Postgres.ExecuteAsync($"CREATE TABLESPACE fast LOCATION '{tablespace}'", ct);
        await story.Postgres.ExecuteAsync("CREATE TABLE \"odd <b>name</b>\" TABLESPACE fast AS SELECT generate_series(1, 777)", ct);
        await AddObstaclesAsync(story, ct);
        await story.WriteAsync(20_000, ct);
        FirstBackup = await story.BackUpAsync(ct);
        Middle = await WriteAndArchiveAsync(story, SegmentsPerTimeline, ct);
        await story.Postgres.ExecuteAsync($"SELECT pg_create_restore_point('{RestorePoint}')", ct);
        await story.WriteAsync(100, ct);
        await story.ArchiveAsync(ct);
        await story.PromoteAsync(ct);
        await story.BackUpAsync(ct);
        Last = await WriteAndArchiveAsync(story, SegmentsPerTimeline, ct);
        foreach (var item in await S3.ListAsync(Bucket, ct))
        {
            await DownloadAsync(item.Key, Path.Combine(Mirror, item.Key), ct);
        }

        await MakeLaterTablespaceAsync(story, ct);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A copy of the mirror that a test may damage; the caller disposes of it.</summary>
    public async Task<DrillMirror> CopyAsync(CancellationToken ct)
    {
        var copy = new TemporaryFolder("mirror");
        (await ToolProcess.RunAsync(new ToolCommand("cp", "-r", Path.Combine(Mirror, Server), copy.Path), ct)).Succeeded();
        return new DrillMirror(copy);
    }

    /// <summary>Adds the segment in which the server makes its later tablespace.</summary>
    public void AddLaterSegment(DrillMirror mirror) => File.Copy(LaterFile, Path.Combine(mirror.Path, LaterSegment));

    private string LaterFile => Path.Combine(_folder.Path, "later-segment");

    private async Task MakeLaterTablespaceAsync(BarmanStory story, CancellationToken ct)
    {
        await PostgresUser.CreateFolderAsync(LaterTablespace, ct);
        await story.Postgres.ExecuteAsync($"CREATE TABLESPACE later LOCATION '{LaterTablespace}'", ct);
        await story.Postgres.ExecuteAsync("CREATE TABLE later TABLESPACE later AS SELECT generate_series(1, 10)", ct);
        var segment = await story.ArchiveAsync(ct);
        LaterSegment = (await S3.ListAsync(Bucket, ct)).Single(item => item.Key.Contains(segment, StringComparison.Ordinal)).Key;
        await DownloadAsync(LaterSegment, LaterFile, ct);
        await S3.Client.DeleteObjectAsync(Bucket.Bucket, LaterSegment, ct);
        await story.Postgres.CrashAsync(ct);
        Directory.Delete(LaterTablespace, recursive: true);
    }

    private static async Task AddObstaclesAsync(BarmanStory story, CancellationToken ct)
    {
        await story.Postgres.ExecuteAsync("CREATE DATABASE strict", ct);
        await story.Postgres.ExecuteAsync($"CREATE TABLE slow AS SELECT generate_series(1, {SlowRows}) n", ct, "strict");
        await story.Postgres.ExecuteAsync("ALTER DATABASE strict SET statement_timeout = '1ms'", ct);
        await story.Postgres.ExecuteAsync("ALTER DATABASE strict SET default_transaction_read_only = on", ct);
        await story.Postgres.ExecuteAsync("CREATE DATABASE half_dropped", ct);
        await story.Postgres.ExecuteAsync("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half_dropped'", ct);
    }

    private static async Task<StoryMoment> WriteAndArchiveAsync(BarmanStory story, int segments, CancellationToken ct)
    {
        for (var i = 0; i < segments; i++)
        {
            await story.WriteAsync(50, ct);
            await story.ArchiveAsync(ct);
        }

        return story.Moments[^1];
    }

    private async Task DownloadAsync(string key, string path, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var response = await S3.Client.GetObjectAsync(Bucket.Bucket, key, ct);
        await response.WriteResponseStreamToFileAsync(path, append: false, ct);
    }
}

/// <summary>A directory that a drill reads from as a bucket.</summary>
public sealed class DrillMirror(TemporaryFolder folder) : IDisposable
{
    public string Path => folder.Path;

    /// <summary>The only file of this name, whatever its compression.</summary>
    public string Find(string name) => Directory.EnumerateFiles(folder.Path, $"{name}*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();

    public void Dispose() => folder.Dispose();
}

/// <summary>All tests of drills share one story, and run one after the other: each starts a PostgreSQL of its own.</summary>
[CollectionDefinition(nameof(DrillCollection))]
public sealed class DrillCollection : ICollectionFixture<DrillFixture>;
