using CnpgRestore.CliTests.Prune;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>The removal of a folder, killed.</summary>
sealed class PruneKill(PruneScene scene) : KillScene
{
    public override ToolCommand Begin(string state) => scene.Command(state, PruneScene.Consents);

    /// <summary>Another machine, after the very last removal, finds nothing, as it should be.</summary>
    public override bool IsEnd(ToolResult result) =>
        base.IsEnd(result) || (result.ExitCode == 10 && result.Error.Contains("a removal that was killed at its very end leaves nothing", StringComparison.Ordinal));

    public override Task AssertSafeAsync() => scene.AssertNoHalfBackupAsync();

    public override async Task<string> WorldAsync() => Text(await scene.EverythingAsync());

    public override ValueTask DisposeAsync() => scene.DisposeAsync();
}
