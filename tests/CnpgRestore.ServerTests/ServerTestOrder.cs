using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests;

public sealed class ServerTestOrder() : LongestFirst(
    "NodeSituationTests", "PodTests", "OperatorStandIn.RecoveryTests", "OperatorStandIn.ClusterTests", "FolderMoveFaultTests", "DoctorWatchTests", "DrillCollection")
{
    [Fact]
    public void Every_name_is_that_of_a_collection() => Assert.Empty(NamesOfNone(typeof(ServerTestOrder).Assembly));
}
