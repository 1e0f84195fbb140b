using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.Plans.Advice;

/// <summary>Advice on a folder that barman wrote and on dumps that pg_dump wrote, without any server.</summary>
public sealed class AdvisorTests : IDisposable
{
    private readonly GoldenFolder _golden = new();
    private readonly DirectoryInfo _dumps = Directory.CreateTempSubdirectory("cnpg-restore-");
    private readonly DirectoryInfo _manifests = Directory.CreateTempSubdirectory("cnpg-restore-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_ways_are_looked_at_and_the_later_one_is_recommended()
    {
        Put("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z");

        var answer = await AskAsync(Ask());

        Assert.Equal((Way.Bucket, Way.Dump), (answer.Recommended?.Way, answer.RunnerUp?.Way));
        var recovery = answer.View.Bucket.Recovery!;
        Assert.Equal((GoldenFolder.SecondBackup, null, "000000020000000000000010"), (recovery.BackupId, recovery.Target, recovery.LastSegment));
        Assert.Equal(recovery.LastCommit, recovery.UpTo);
        Assert.True(answer.View.Bucket.Rate!.BytesPerSecond > 0);
        Assert.True(answer.View.Dumps.IsProven);
        Assert.NotNull(answer.Bucket.Estimate);
        Assert.NotNull(answer.Dump.Estimate);
        Assert.Equal("no CLUSTER is named", answer.View.Kubernetes.NotAsked);
    }

    [Fact]
    public async Task In_front_of_a_gap_the_command_asks_for_no_more_than_there_is()
    {
        _golden.Without("wals/0000000200000000/00000002000000000000000E.bz2");

        var answer = await AskAsync(Ask());

        var recovery = answer.View.Bucket.Recovery!;
        Assert.Equal("00000002000000000000000D", recovery.LastSegment);
        Assert.IsType<RecoveryTarget.Lsn>(recovery.Target);
        Assert.Contains("--target-lsn", answer.Bucket.Commands[^1].Command, StringComparison.Ordinal);
        Assert.Contains(answer.Bucket.Warnings, warning => warning.Contains("WAL segment 00000002000000000000000E is missing", StringComparison.Ordinal));
        Assert.True(Holds(answer, "dump-s3-corrupted-or-missing"));
    }

    [Fact]
    public async Task A_folder_of_two_databases_makes_the_dump_the_better_way()
    {
        _golden.Replace($"base/{GoldenFolder.FirstBackup}/backup.info", "systemid=7711054909860330953", "systemid=42");
        Put("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z");

        Assert.Equal(Way.Dump, (await AskAsync(Ask())).Recommended?.Way);
    }

    [Fact]
    public async Task A_moment_chooses_the_backup_and_the_dump_before_it()
    {
        Put("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z");
        Put("last/app-20261122-175230.sql.gz", "app.sql.gz", "2026-11-22T17:52:30Z");

        var answer = await AskAsync(Ask() with { Target = TargetTime.Parse("2026-11-22T17:52:00Z") });

        Assert.Equal(GoldenFolder.FirstBackup, answer.View.Bucket.Recovery!.BackupId);
        Assert.Equal(TimeSpan.Zero, answer.Bucket.Loss!.Time);
        Assert.Equal("last/app-20261122-020000.sql.gz", answer.View.Dumps.Chosen?.Names[0]);
        Assert.EndsWith("--dump last/app-20261122-020000.sql.gz --to postgres://postgres@localhost:5432/app", answer.Dump.Commands[^1].Command, StringComparison.Ordinal);
        Assert.True(Holds(answer, "s3-point-in-time"));
    }

    [Fact]
    public async Task A_moment_before_the_first_backup_leaves_the_dump()
    {
        Put("daily/app-20261101.sql.gz", "app.sql.gz", "2026-11-01T02:00:05Z");

        var answer = await AskAsync(Ask() with { Target = TargetTime.Parse("2026-11-02T00:00:00Z") });

        Assert.Equal((false, Way.Dump), (answer.Bucket.IsPossible, answer.Recommended?.Way));
        Assert.Contains("lies before the end of base backup", answer.Bucket.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moment_behind_the_last_commit_is_the_end_of_the_archive()
    {
        var answer = await AskAsync(Ask() with { Target = TargetTime.Parse("2026-11-22T19:00:00Z") });

        Assert.Null(answer.View.Bucket.Recovery!.Target);
        Assert.DoesNotContain("--target", answer.Bucket.Commands[^1].Command, StringComparison.Ordinal);
        Assert.Equal(answer.View.Bucket.Recovery.LastCommit, answer.Bucket.Loss!.From);
    }

    [Fact]
    public async Task Broken_dumps_are_passed_over_with_their_reasons()
    {
        Put("last/app-20261120-020000.sql.gz", "app.sql.gz", "2026-11-20T02:00:05Z");
        Put("last/app-20261121-020000.sql.gz", "empty.sql.gz", "2026-11-21T02:00:05Z");
        Put("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z", share: 3);

        var answer = await AskAsync(Ask() with { Server = "nobody" });

        Assert.Equal(Way.Dump, answer.Recommended?.Way);
        Assert.Equal(["last/app-20261122-020000.sql.gz", "last/app-20261121-020000.sql.gz"], answer.View.Dumps.Skipped.Select(skipped => skipped.Name));
        Assert.Contains("empty", answer.View.Dumps.Skipped[1].Reason, StringComparison.Ordinal);
        Assert.Contains("Source folder does not exist: nobody/", answer.Bucket.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_is_read_to_its_end_or_named_unproven(bool isNewerThanPgRestore)
    {
        const string name = "last/app-20261122-020000.sql.gz";
        Put(name, "app.custom", "2026-11-22T02:00:05Z");
        if (isNewerThanPgRestore)
        {
            // 1.99: behind PGDMP.
            await using var archive = new FileStream(Path.Combine(_dumps.FullName, name), FileMode.Open, FileAccess.Write);
            archive.Position = 6;
            archive.WriteByte(99);
        }

        var answer = await AskAsync(Ask() with { NamesBucket = false, Server = null });

        Assert.Equal((Way.Dump, !isNewerThanPgRestore), (answer.Recommended?.Way, answer.View.Dumps.IsProven));
        Assert.Equal(isNewerThanPgRestore, answer.Dump.Estimate!.Derivation.Contains("5 times the archive", StringComparison.Ordinal));
        Assert.Equal(isNewerThanPgRestore, answer.Dump.Warnings.Any(warning => warning.StartsWith("the dump is not proven whole", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_that_fails_stops_the_rest()
    {
        var asked = Ask() with { Cluster = "postgres-v15", Dumps = "/nowhere", NamesBucket = false, Server = null };

        var answer = await new Advisor(asked, Sources() with { Kubernetes = () => throw new RestoreException(ProblemCode.Usage, "no kubeconfig is found") }).RunAsync(Ct);

        Assert.Null(answer.Recommended);
        Assert.Equal("no kubeconfig is found", answer.View.Kubernetes.Problem?.Message);
        Assert.Contains("add -f cluster.yaml", answer.View.Bucket.NotAsked, StringComparison.Ordinal);
        Assert.Contains("/nowhere does not exist", answer.Dump.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_that_lasts_too_long_is_ended_and_told()
    {
        Put("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z");

        var answer = await AskAsync(Ask() with { Limit = TimeSpan.FromTicks(1) });

        Assert.Contains("did not answer everything", answer.View.Bucket.Problem?.Message, StringComparison.Ordinal);
        Assert.NotNull(answer.Rules);
    }

    [Fact]
    public async Task The_manifest_alone_names_bucket_folder_and_database()
    {
        var manifest = Path.Combine(_manifests.FullName, "cluster.yaml");
        await AtomicFile.WriteAsync(
            manifest,
            """
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: orders}
            spec:
              imageName: ghcr.io/cloudnative-pg/postgresql:17.5
              bootstrap: {initdb: {database: shop, owner: shop}}
              backup:
                barmanObjectStore: {serverName: postgres-v15, destinationPath: "s3://cloudnative-pg", wal: {maxParallel: 4}}
            """,
            Ct);
        Put("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z");
        BarmanStore? named = null;
        var sources = Sources();

        var answer = await new Advisor(
            Ask() with { Files = [manifest], NamesBucket = false, Server = null },
            sources with { Kubernetes = () => throw new RestoreException(ProblemCode.Unreachable, "cannot be reached"), Store = store => sources.Store(named = store) }).RunAsync(Ct);

        Assert.Equal(("s3://cloudnative-pg", "orders", 1), (named?.DestinationPath, answer.View.Request.Cluster, answer.View.Bucket.WalParallel));
        Assert.Equal("PostgreSQL 17 cannot start on a backup of PostgreSQL 15", answer.Bucket.Obstacles[0].Message);
        Assert.True(Holds(answer, "dump-migrate"));
        Assert.Equal(("shop", null), (answer.View.Dumps.Database, answer.View.Dumps.Chosen));
        Assert.Equal("is of database app", answer.View.Dumps.Skipped[0].Reason);
    }

    [Fact]
    public async Task A_dump_of_the_whole_server_serves_every_database_in_it()
    {
        Put("last/everything-20261122-020000.sql", "cluster.sql", "2026-11-22T02:00:05Z");
        var database = (await CnpgRestore.Dumps.Inspection.DumpInspector.InspectAsync(
            await CnpgRestore.Dumps.DumpFile.OpenAsync(Golden.Path("dumps", "cluster.sql"), Ct), progress: null, Ct)).Databases.Select(found => found.Name).OfType<string>().Last();
        var manifest = Path.Combine(_manifests.FullName, "cluster.yaml");
        await AtomicFile.WriteAsync(
            manifest,
            $$"""{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": {"name": "orders"}, "spec": {"bootstrap": {"initdb": {"database": "{{database}}", "owner": "me"} } } }""",
            Ct);

        var answer = await new Advisor(Ask() with { Files = [manifest] }, Sources() with { Kubernetes = null }).RunAsync(Ct);

        Assert.Equal("last/everything-20261122-020000.sql", answer.View.Dumps.Chosen?.Names[0]);
        // from-dump finds it by itself.
        Assert.DoesNotContain("--dump", answer.Dump.Commands[^1].Command, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _golden.Dispose();
        _dumps.Delete(recursive: true);
        _manifests.Delete(recursive: true);
    }

    private AdviceRequest Ask() => new() { Server = "postgres-v15", NamesBucket = true, Dumps = _dumps.FullName, Limit = TimeSpan.FromMinutes(1) };

    private AdviceSources Sources() => new(
        () => throw new InvalidOperationException("Kubernetes is asked"), _ => new DirectoryObjectStore(_golden.Store.Address["file://".Length..]), TimeProvider.System);

    private Task<AdviceAnswer> AskAsync(AdviceRequest request) => new Advisor(request, Sources()).RunAsync(Ct);

    private static bool? Holds(AdviceAnswer answer, string id) => answer.Rules.Single(judged => judged.Rule.Id == id).Verdict.Holds;

    /// <param name="share">Only one part of so many is kept.</param>
    private void Put(string name, string golden, string written, int share = 1)
    {
        var path = Path.Combine(_dumps.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var content = File.ReadAllBytes(Golden.Path("dumps", golden));
        File.WriteAllBytes(path, content[..(content.Length / share)]);
        File.SetLastWriteTimeUtc(path, Views.At(written).UtcDateTime);
    }
}
