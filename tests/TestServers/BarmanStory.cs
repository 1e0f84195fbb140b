
namespace CnpgRestore.TestServers;

/// <summary>
/// A database that lives, is backed up and archived by the real programs, and remembers what it did: what the folder in the bucket must
/// give back. Every row of table <c>events</c> is one insert of a story; <see cref="Moments"/> tells how many there were when.
/// </summary>
public sealed class BarmanStory : IAsyncDisposable
{
    private readonly S3Server _s3;
    private readonly List<string> _backups = [];
    private readonly List<StoryMoment> _moments = [];

    private BarmanStory(S3Server s3, BarmanCloud barman, PostgresServer postgres)
    {
        _s3 = s3;
        Barman = barman;
        Postgres = postgres;
    }

    public BarmanCloud Barman { get; }

    public PostgresServer Postgres { get; }

    public S3Folder Folder => Barman.Folder;

    /// <summary>Decimal, as in backup.info.</summary>
    public Task<string> SystemIdentifierAsync(CancellationToken ct) =>
        Postgres.QueryAsync<string>("SELECT system_identifier::text FROM pg_control_system()", ct);

    /// <summary>Ids of the finished base backups, oldest first.</summary>
    public IReadOnlyList<string> Backups => _backups;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<StoryMoment> Moments => _moments;

    /// <summary>Starts a server that archives to a folder, and writes the first rows.</summary>
    public static async Task<BarmanStory> BeginAsync(S3Server s3, BarmanCloud barman, CancellationToken ct)
    {
        var postgres = await PostgresServer.CreateAsync(barman.Archiving(), ct);
        await postgres.ExecuteAsync("CREATE TABLE events (id bigserial PRIMARY KEY, note text NOT NULL DEFAULT md5(random()::text))", ct);
        return new BarmanStory(s3, barman, postgres);
    }

    /// <summary>Inserts rows, and remembers the moment right after their commit.</summary>
    public async Task<StoryMoment> WriteAsync(int rows, CancellationToken ct)
    {
        await Postgres.ExecuteAsync($"INSERT INTO events (note) SELECT md5(n::text) FROM generate_series(1, {rows}) n", ct);
        var moment = new StoryMoment(
            await Postgres.QueryAsync<DateTime>("SELECT clock_timestamp()", ct),
            await Postgres.QueryAsync<string>("SELECT pg_current_wal_insert_lsn()::text", ct),
            await Postgres.QueryAsync<string>("SELECT pg_walfile_name(pg_current_wal_insert_lsn())", ct),
            await Postgres.QueryAsync<long>("SELECT count(*) FROM events", ct));
        _moments.Add(moment);
        return moment;
    }

    /// <summary>Takes a base backup and returns its id.</summary>
    public async Task<string> BackUpAsync(CancellationToken ct)
    {
        var before = await BackupIdsAsync(ct);
        (await ToolProcess.RunAsync(Barman.Backup(Postgres), ct)).Succeeded();
        var id = (await BackupIdsAsync(ct)).Except(before).Single();
        _backups.Add(id);
        return id;
    }

    /// <summary>
    /// Takes a base backup that may read everything but cannot write its main tar, as when a bucket's quota or permission ends on the way.
    /// Leaves a backup.info with <c>status=FAILED</c> whose end is filled in, because the upload comes after <c>pg_backup_stop</c>. Returns its id.
    /// </summary>
    public async Task<string> FailBackupAtUploadAsync(CancellationToken ct)
    {
        var denied = $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:PutObject"],
             "Resource":["arn:aws:s3:::{{Folder.Bucket}}/{{Folder.Prefix}}base/*/data.tar*"]}]}
            """;
        await _s3.Client.PutBucketPolicyAsync(Folder.Bucket, denied, ct);
        try
        {
            return await FailBackupAsync(ct);
        }
        finally
        {
            await _s3.Client.DeleteBucketPolicyAsync(Folder.Bucket, ct);
        }
    }

    /// <summary>
    /// Takes a base backup that meets a file it may not read. Leaves a backup.info with <c>status=FAILED</c> and no end. Returns its id.
    /// </summary>
    public async Task<string> FailBackupAtReadAsync(CancellationToken ct)
    {
        var unreadable = Path.Combine(Postgres.DataDirectory, "unreadable");
        await File.WriteAllBytesAsync(unreadable, [0], ct);
        File.SetUnixFileMode(unreadable, UnixFileMode.None);
        try
        {
            return await FailBackupAsync(ct);
        }
        finally
        {
            File.Delete(unreadable);
        }
    }

    /// <summary>Kills a base backup when its first tar is in the bucket: tars, but no backup.info. Returns its id.</summary>
    public async Task<string> CrashBackupAsync(CancellationToken ct)
    {
        var before = await BackupIdsAsync(ct);
        // Small tars, so that the first of several is finished long before the last.
        await using var backup = ToolProcess.Start(Barman.Backup(Postgres, "--max-archive-size", "1MB"));
        while (!backup.HasExited)
        {
            if ((await BackupIdsAsync(ct)).Except(before).FirstOrDefault() is { } id)
            {
                backup.Kill();
                return id;
            }
        }

        throw new InvalidOperationException("barman-cloud-backup ended before it could be killed");
    }

    /// <summary>Adds a tablespace with a table <c>spaced</c> of 100 rows in it; it must be empty so far.</summary>
    public async Task AddTablespaceAsync(string name, CancellationToken ct)
    {
        var location = await PostgresUser.CreateFolderAsync(Path.Combine(Postgres.Folder, name), ct);
        await Postgres.ExecuteAsync($"CREATE TABLESPACE {name} LOCATION '{location}'", ct);
        await Postgres.ExecuteAsync($"CREATE TABLE spaced TABLESPACE {name} AS SELECT n FROM generate_series(1, 100) n", ct);
    }

    /// <summary>
    /// A second server, restored from a base backup to a moment of the past, that archives into the same folder from there on a timeline of
    /// its own: what a recovery does whose destination is its source. The caller goes on with it and disposes it.
    /// </summary>
    public async Task<BarmanStory> BranchAsync(string backupId, StoryMoment moment, CancellationToken ct)
    {
        var branch = await PostgresServer.OpenAsync(
            Barman.Branching(moment.Lsn),
            async data =>
            {
                (await ToolProcess.RunAsync(Barman.Restore(backupId, data), ct)).Succeeded();
                await File.WriteAllBytesAsync(Path.Combine(data, "recovery.signal"), [], ct);
            },
            ct);
        await branch.StartAsync(ct);
        await branch.RecoveredAsync(ct);
        return new BarmanStory(_s3, Barman, branch);
    }

    /// <summary>Ends the current WAL segment and waits until it, and all before it, lie in the bucket. Returns its name.</summary>
    public async Task<string> ArchiveAsync(CancellationToken ct)
    {
        // An empty segment would not be switched; the record makes it worth archiving.
        await Postgres.ExecuteAsync("SELECT pg_logical_emit_message(false, 'story', 'end of segment')", ct);
        var segment = await Postgres.QueryAsync<string>("SELECT pg_walfile_name(pg_switch_wal())", ct);
        var done = Path.Combine(Postgres.DataDirectory, "pg_wal", "archive_status", $"{segment}.done");
        var deadline = Task.Delay(TimeSpan.FromMinutes(5), ct);
        while (!File.Exists(done))
        {
            if (deadline.IsCompleted)
            {
                throw new TimeoutException($"WAL segment {segment} was not archived within a minute\n{Postgres.Log}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }

        return segment;
    }

    /// <summary>Turns the server into a standby of itself and promotes it: a new timeline begins, as after a failover.</summary>
    public async Task PromoteAsync(CancellationToken ct)
    {
        await Postgres.StopAsync(ct);
        var signal = Path.Combine(Postgres.DataDirectory, "standby.signal");
        await File.WriteAllBytesAsync(signal, [], ct);
        await PostgresUser.OwnAsync(signal, ct);
        await Postgres.StartAsync(ct);
        await Postgres.PromoteAsync(ct);
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    private async Task<string> FailBackupAsync(CancellationToken ct)
    {
        var before = await BackupIdsAsync(ct);
        var result = await ToolProcess.RunAsync(Barman.Backup(Postgres), ct);
        return result.ExitCode != 0
            ? (await BackupIdsAsync(ct)).Except(before).Single()
            : throw new InvalidOperationException("barman-cloud-backup was expected to fail");
    }

    private async Task<IReadOnlyList<string>> BackupIdsAsync(CancellationToken ct)
    {
        var keys = await _s3.ListAsync(Folder with { Prefix = $"{Folder.Prefix}base/" }, ct);
        return [.. keys.Select(item => item.Key.Split('/')[^2]).Distinct()];
    }
}

/// <summary>A moment of a story, right after a commit.</summary>
/// <param name="Time">In UTC, by the server's clock.</param>
/// <param name="Lsn">Where the next WAL record will begin; the commit lies before it.</param>
/// <param name="Segment">The WAL segment of that position.</param>
/// <param name="Rows">Rows in table <c>events</c>.</param>
public sealed record StoryMoment(DateTime Time, string Lsn, string Segment, long Rows);
