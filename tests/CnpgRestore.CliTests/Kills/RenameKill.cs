using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>A folder move, killed.</summary>
sealed class RenameKill(RenameScene scene, bool removes) : KillScene
{
    public const int Segments = 40;

    public override ToolCommand Begin(string state) =>
        scene.Command([RenameScene.Source, RenameScene.Target, "--yes", .. removes ? (string[])["-r"] : []], ("CNPG_RESTORE_STATE", state));

    /// <summary>Another machine, after the very last removal, finds the move done and says so.</summary>
    public override bool IsEnd(ToolResult result) =>
        base.IsEnd(result) || (removes && result.ExitCode == 10 && result.Error.Contains("as after a finished move", StringComparison.Ordinal));

    public override async Task AssertSafeAsync()
    {
        var (source, target) = (await scene.SourceAsync(), await scene.TargetAsync());
        Assert.Equal(Segments + 6, source.Keys.Union(target.Keys).Count());
        if (!removes)
        {
            Assert.Equal(Segments + 6, source.Count);
        }
    }

    public override async Task<string> WorldAsync() => Text(await scene.EverythingAsync());

    public override ValueTask DisposeAsync() => scene.DisposeAsync();
}
