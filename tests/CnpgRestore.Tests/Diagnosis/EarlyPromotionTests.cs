using CnpgRestore.Barman.Findings;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>WAL behind the end of a recovery proves an early promotion only where it was there before; on a folder that barman wrote.</summary>
public sealed class EarlyPromotionTests : IDisposable
{
    private const string Source = "postgres-v15";

    private readonly GoldenFolder _golden = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WAL_that_was_there_and_was_not_replayed_tells_it() => Assert.True(LiveExam.Has(await RecoveredAsync(), "early-promotion"));

    [Theory]
    // The source left timeline 1 in segment C: all of it was read, and nothing of timeline 2.
    [InlineData("0/C000000", "recovery-cut-at-fork", "early-promotion")]
    [InlineData("0/B000000", "early-promotion", "recovery-cut-at-fork")]
    public async Task A_replay_that_ends_at_a_fork_was_cut_by_the_operator_and_not_by_an_outage(string end, string expected, string other)
    {
        var exam = await RecoveredAsync(timeline: "00000002", history: $"1\t{end}\tno recovery target specified\n");

        Assert.True(LiveExam.Has(exam, expected));
        Assert.False(LiveExam.Has(exam, other));
    }

    [Fact]
    public async Task A_source_that_another_Cluster_archives_to_goes_on() => Assert.False(LiveExam.Has(await RecoveredAsync() with { OtherFolders = [new OtherFolder("shop", new BackupFolder(Source, true, null, null))] }, "early-promotion"));

    [Fact]
    public async Task A_source_that_was_written_to_after_the_recovery_proves_nothing() =>
        Assert.False(LiveExam.Has(await RecoveredAsync(ended: GoldenFolder.LastArchived.AddMinutes(-1)), "early-promotion"));

    [Fact]
    public async Task A_replica_follows_its_source() => Assert.False(LiveExam.Has(await RecoveredAsync(more: ""","replica":{"enabled":true,"source":"origin"}"""), "early-promotion"));

    public void Dispose() => _golden.Dispose();

    /// <param name="ended">When the new Cluster archived the history of its timeline; null: after the last WAL of the source.</param>
    private async Task<Examination> RecoveredAsync(
        DateTime? ended = null, string more = "", string timeline = "00000003", string history = "1\t0/C000000\tno recovery target specified\n2\t0/D000100\tno recovery target specified\n")
    {
        _golden.With($"../orders/wals/{timeline}.history", history);
        File.SetLastWriteTimeUtc(Path.Combine(_golden.Store.Address["file://".Length..], "orders", "wals", $"{timeline}.history"), ended ?? GoldenFolder.LastArchived.AddMinutes(1));
        FolderExamination[] folders = [await ReadAsync(Source), await ReadAsync("orders")];
        var spec = """{"bootstrap":{"recovery":{"source":"origin"}},"externalClusters":[{"name":"origin","barmanObjectStore":{"destinationPath":"s3://bucket","serverName":"postgres-v15"}}]MORE}"""
            .Replace("MORE", more, StringComparison.Ordinal);
        return LiveExam.Of(LiveExam.Healthy($",\"systemID\":\"{folders[0].SystemIdentifier}\""), spec: spec) with
        {
            Pods = [LiveExam.Instance("orders-1")],
            Bucket = new BucketExamination("s3://bucket", null, null, [Source, "orders"], folders),
        };
    }

    private async Task<FolderExamination> ReadAsync(string name)
    {
        var state = await FolderState.ReadAsync(_golden.Store, name, Ct);
        return new FolderExamination(state, FolderFindings.Of(state.Catalog, state.Archive));
    }
}
