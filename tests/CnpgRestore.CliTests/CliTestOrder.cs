using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

public sealed class CliTestOrder() : LongestFirst(
    "FromDump.ClusterTests", "VolumeTests", "FreshTests", "ByHandTests", "FromBackupFaultTests", "LineageTests", "AppsDifferenceTests", "TargetTests", "FromBackup.GitOpsTests",
    "JobKillTests", "FailedRecoveryTests")
{
    [Fact]
    public void Every_name_is_that_of_a_collection() => Assert.Empty(NamesOfNone(typeof(CliTestOrder).Assembly));
}
