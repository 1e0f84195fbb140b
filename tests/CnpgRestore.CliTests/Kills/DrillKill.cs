using System.Globalization;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>A drill, killed. It has no journal and nothing to go on with: it leaves the bucket as it was and no PostgreSQL, and the next one begins anew.</summary>
/// <param name="story">Only read, and so the same for all scenes.</param>
sealed class DrillKill(S3Server s3, BarmanStory story, TemporaryFolder folder, string bucket) : KillScene
{
    private int _drills;

    /// <summary>Each before its first line; the last when everything is proven and nothing is told.</summary>
    public static IReadOnlyList<KillMoment> Phases { get; } =
    [
        KillMoment.Shown("plan", "reading the catalogue"), KillMoment.Shown("base", "base backup "), KillMoment.Shown("replay", "replay: segment"),
        KillMoment.Shown("proof", "proof: "), KillMoment.Shown("evidence", "OK: drill of"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KillScene> CreateAsync(TestBed bed)
    {
        Requirement.Programs(Path.Combine(TestEnvironment.PostgresPrograms, "postgres"));
        var (s3, story) = (await bed.S3Async(Ct), await bed.StoryAsync(BarmanCompression.Gzip, Ct));
        var folder = new TemporaryFolder("drill-kill");
        // The statement fails the drill where a row is missing.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "rows.sql"), string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) = {story.Moments[^1].Rows} FROM events;\n"), Ct);
        await PostgresUser.OwnAsync(folder.Path, Ct);
        return new DrillKill(s3, story, folder, Text(await s3.ETagsAsync(story.Folder, Ct)));
    }

    /// <summary>Each into a folder of its own, because the one of a killed drill stays.</summary>
    public override ToolCommand Begin(string state) => PostgresUser.Command(
        NativeProgram.Path,
        ["drill", "--server", story.Folder.Prefix.TrimEnd('/'), "-b", $"s3://{story.Folder.Bucket}", "-e", s3.Endpoint, "--check-sql", Path.Combine(folder.Path, "rows.sql"),
         "--to", Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"{++_drills}"))]) with
    {
        Environment = new Dictionary<string, string>(S3Server.ClientEnvironment) { ["HOME"] = folder.Path },
    };

    /// <summary>The bucket is only read, and PostgreSQL ends by itself.</summary>
    public override async Task AssertSafeAsync()
    {
        Assert.Equal(bucket, Text(await s3.ETagsAsync(story.Folder, Ct)));
        await RunningProcesses.UntilNoneNamesAsync(folder.Path, Ct);
    }

    /// <summary>The rows were counted by the drill that has ended well; its own folder is gone.</summary>
    public override async Task<string> WorldAsync()
    {
        await AssertSafeAsync();
        return $"folder of the last drill: {Directory.Exists(Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"{_drills}")))}\n{bucket}";
    }

    public override ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
