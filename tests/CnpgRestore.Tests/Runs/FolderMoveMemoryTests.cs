using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Runs;
using CnpgRestore.Tests.ObjectStore;

namespace CnpgRestore.Tests.Runs;

/// <summary>Memory does not grow with the number of objects, or by a few bytes each where reading is the only proof.</summary>
[Collection(nameof(Alone))]
public sealed class FolderMoveMemoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_move_of_a_million_segments_is_planned_in_less_than_150_MB()
    {
        using var store = new ScriptedArchive(1_000_000, Evidence.ETag);
        var request = new FolderMoveRequest("source", "target", RemoveSource: false, ReadBack: false, Parallelism: 16);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var plan = await new FolderMovePlanner(store, TimeProvider.System).PlanAsync(request, removalBegun: false, Ct);

        Assert.Equal((store.Count, store.Count), (plan.Objects, plan.PresentObjects));
        // No lower bound: what other tests have left in the pools of arrays may go meanwhile.
        Assert.True(store.MostMemory - before < 150_000_000, $"{store.MostMemory - before} bytes");
    }

    [Fact]
    public async Task A_proof_by_reading_remembers_each_object_in_less_than_50_bytes()
    {
        using var store = new ScriptedArchive(100_000, Evidence.Size);
        var request = new FolderMoveRequest("source", "target", RemoveSource: false, ReadBack: true, Parallelism: 16);
        var bytes = new ByteSize(store.Count);
        var plan = new FolderMovePlan(store.Address, store.Identity, request, MoveState.PartlyCopied, store.Count, bytes, store.Count, bytes, []);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var proof = new FolderProof(store, plan);

        await proof.ProveAsync(new StepMeter(), Ct);
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal($"{store.Count} objects, none changed", await proof.CheckUnchangedAsync(new StepMeter(), Ct));
        Assert.True(kept < 50L * store.Count, $"{kept} bytes for {store.Count} objects");
    }

    [Fact]
    public async Task Checksums_are_asked_for_once_and_not_again_before_the_removal()
    {
        using var store = new ScriptedArchive(1_024, Evidence.Checksum);
        var request = new FolderMoveRequest("source", "target", RemoveSource: true, ReadBack: false, Parallelism: 16);
        var bytes = new ByteSize(store.Count);
        var proof = new FolderProof(store, new FolderMovePlan(store.Address, store.Identity, request, MoveState.PartlyCopied, store.Count, bytes, store.Count, bytes, []));

        await proof.ProveAsync(new StepMeter(), Ct);
        await proof.CheckUnchangedAsync(new StepMeter(), Ct);

        Assert.Equal(store.Count, store.Compared);
    }
}
