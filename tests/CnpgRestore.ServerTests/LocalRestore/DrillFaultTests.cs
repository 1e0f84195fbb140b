using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.LocalRestore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.LocalRestore;

/// <summary>Drills over an S3 server that misbehaves. A faulty download never passes for the end of the WAL, nor for a restored database.</summary>
[Collection(nameof(DrillCollection))]
public sealed class DrillFaultTests(DrillFixture fixture) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new("faults");
    private S3FaultProxy _proxy = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string To => Path.Combine(_folder.Path, "drill");

    public async ValueTask InitializeAsync()
    {
        await PostgresUser.OwnAsync(_folder.Path, Ct);
        _proxy = await S3FaultProxy.StartAsync(fixture.S3.Endpoint, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_faults_in_turn_only_take_time()
    {
        var faults = S3Faults.Passing.Values.ToList();
        var turn = 0;
        _proxy.OnEach(Times.Every(4), exchange => faults[Interlocked.Increment(ref turn) % faults.Count](exchange));

        var result = await DrillAsync("-o", "json");

        var evidence = DrillProgram.Evidence(result.Succeeded());
        Assert.Equal(fixture.Last.Rows, DrillProgram.Rows(evidence, "events"));
        Assert.Equal(evidence.GetProperty("end_of_archive").GetString(), evidence.GetProperty("reached_lsn").GetString());
        Assert.True(turn > 3);
    }

    [Fact]
    public async Task What_a_living_server_archives_meanwhile_is_no_early_end()
    {
        var last = fixture.Last.Segment;
        var level = $"{fixture.Bucket.Prefix}wals/{last[..16]}/";
        _proxy.On(call => call.Operation == S3Operation.ListObjects && call.Key == level, Times.Only(1), S3Faults.Page(page => page.Hide($"{level}{last}.gz")));

        var result = await DrillAsync("-o", "json");

        var evidence = DrillProgram.Evidence(result.Succeeded());
        Assert.Equal(fixture.Last.Rows, DrillProgram.Rows(evidence, "events"));
        Assert.NotEqual(evidence.GetProperty("end_of_archive").GetString(), evidence.GetProperty("reached_lsn").GetString());
    }

    [Theory]
    [InlineData("/base/", 2, "400 ExpiredToken", "session token has expired")]
    [InlineData("/wals/", 4, "400 ExpiredToken", "session token has expired")]
    [InlineData("/wals/", 4, "403 RequestTimeTooSkewed", "clock differs")]
    public async Task Access_that_ends_in_the_middle_ends_the_drill_and_not_the_recovery(string part, int from, string fault, string words)
    {
        _proxy.On(call => call.Operation == S3Operation.GetObject && call.Key.Contains(part, StringComparison.Ordinal) && !call.Key.EndsWith(".info", StringComparison.Ordinal), Times.From(from), S3Faults.Final[fault]);

        var result = await DrillAsync();

        Assert.True(result.ExitCode == 12, $"{result.ExitCode}\n{result.Output}{result.Error}");
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(To));
        await RunningProcesses.UntilNoneNamesAsync(To, Ct);
    }

    [Fact]
    public async Task A_segment_that_arrives_corrupted_is_a_gap_and_not_the_end()
    {
        _proxy.On(call => call.Operation == S3Operation.GetObject && call.Key.Contains(fixture.Middle.Segment, StringComparison.Ordinal), Times.Always, S3Faults.Corrupt);

        var result = await DrillAsync();

        Assert.True(result.ExitCode == 14, $"{result.ExitCode}\n{result.Output}{result.Error}");
        Assert.Contains(fixture.Middle.Segment, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("truncated", "is truncated")]
    [InlineData("corrupted", "is damaged")]
    public async Task A_tar_that_arrives_otherwise_than_it_is_stored_is_no_base_backup(string how, string words)
    {
        using var store = new S3ObjectStore(StoreSettings.Of(_proxy.Endpoint, $"s3://{fixture.Bucket.Bucket}"), new HurriedClock(60));
        var backup = (await BackupCatalog.ReadAsync(store, ServerFolder.Named(DrillFixture.Server), Ct)).Find(BackupId.Parse(fixture.FirstBackup))!;
        _proxy.On(S3Operation.GetObject, Times.Always, how == "truncated" ? S3Faults.Truncate : S3Faults.Corrupt);

        var problem = (await Assert.ThrowsAsync<RestoreException>(() =>
            new BaseRestore(store, new Backoff(new HurriedClock(60))).RestoreAsync(backup, DrillFolder.Create(To), new Progress<long>(), Ct))).Problem;

        Assert.Equal(ProblemCode.Differences, problem.Code);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    private Task<ToolResult> DrillAsync(params string[] options) =>
        DrillProgram.RunAsync($"s3://{fixture.Bucket.Bucket}", Ct, ["-e", _proxy.Endpoint, "--backup-id", fixture.FirstBackup, "--no-amcheck", "--to", To, .. options]);
}
