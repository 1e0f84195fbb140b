using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>
/// A whole recovery whose way to the bucket misbehaves. The pods have their own way, as they have where a person gives <c>--endpoint</c>: what fails is
/// the program's reading, copying and deleting.
/// </summary>
public sealed class FromBackupFaultTests(TestBed bed) : IAsyncLifetime
{
    private const string Aside = $"{RecoveryScene.Cluster}-backup";

    private RecoveryScene _scene = null!;
    private S3FaultProxy _proxy = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _scene = await RecoveryScene.CreateAsync(bed);
        await _scene.FillAsync();
        _proxy = await S3FaultProxy.StartAsync(_scene.Clusters.S3.Endpoint, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task All_passing_faults_in_turn_only_take_time()
    {
        var faults = S3Faults.Passing.Values.ToList();
        var turn = 0;
        _proxy.OnEach(Times.Every(3), exchange => faults[Interlocked.Increment(ref turn) % faults.Count](exchange));
        var before = await _scene.KeysAsync(RecoveryScene.Cluster);

        var result = await RecoverAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.True(turn > faults.Count, $"{turn} faults");
        await AssertRecoveredAsync(before);
    }

    [Fact]
    public async Task Faults_that_stay_stop_it_at_each_kind_of_request_and_lose_nothing()
    {
        var before = await _scene.KeysAsync(RecoveryScene.Cluster);
        // In the order in which a run meets them: each stop is further on than the one before. All but the one that a repetition may mend stop it at once.
        (S3Operation Operation, int First, string Fault, int Code)[] faults =
        [
            (S3Operation.GetObject, 1, "403 InvalidAccessKeyId", 12),
            (S3Operation.ListObjects, 2, "400 ExpiredToken", 12),
            (S3Operation.CopyObject, 2, "403 AccessDenied", 12),
            (S3Operation.CopyObject, 2, "cut after the effect", 13),
            (S3Operation.DeleteObjects, 1, "403 AccessDenied", 12),
            (S3Operation.ListObjects, 2, "403 RequestTimeTooSkewed", 12),
        ];
        foreach (var (operation, first, fault, code) in faults)
        {
            _proxy.Forget();
            _proxy.On(operation, Times.From(first), S3Faults.Final.GetValueOrDefault(fault) ?? S3Faults.Passing[fault]);

            var stopped = await RecoverAsync();

            Assert.True(stopped.ExitCode == code, $"{operation} {fault}: exit code {stopped.ExitCode}, not {code}\n{stopped.Output}{stopped.Error}");
            Assert.True(_proxy.Count(operation) >= first);
            Assert.Contains("hint:", stopped.Error, StringComparison.Ordinal);
            Assert.Superset(before.ToHashSet(), (await _scene.KeysAsync(RecoveryScene.Cluster)).Concat(await _scene.KeysAsync(Aside)).ToHashSet());
            _proxy.Heal();
        }

        // By then the Cluster is deleted and its folder copied: the same command has to go on from there.
        Assert.Null(await _scene.UidAsync());
        var result = await RecoverAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        await AssertRecoveredAsync(before);
    }

    private Task<ToolResult> RecoverAsync() => _scene.RecoverAsync("--lineage", "move", "--endpoint", _proxy.Endpoint);

    private async Task AssertRecoveredAsync(IReadOnlyList<string> before)
    {
        Assert.Equal($"{RecoveryScene.Rows}", await _scene.CountAsync());
        Assert.Superset(before.ToHashSet(), (await _scene.KeysAsync(Aside)).ToHashSet());
        Assert.Contains(await _scene.KeysAsync(RecoveryScene.Cluster), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
        await _scene.AssertNothingIsLeftAsync();
    }
}
