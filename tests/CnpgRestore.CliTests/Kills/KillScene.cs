using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>A plan, and everything that it works on.</summary>
abstract class KillScene : IAsyncDisposable
{
    /// <summary>Begins the run.</summary>
    /// <param name="state">Journals and locks: another folder is another machine.</param>
    public abstract ToolCommand Begin(string state);

    /// <summary>Goes on with it, as a person would on that machine.</summary>
    public virtual Task<ToolCommand> AgainAsync(string state) => Task.FromResult(Begin(state));

    /// <summary>Whether a run has come to its good end.</summary>
    public virtual bool IsEnd(ToolResult result) => result.ExitCode == 0;

    /// <summary>
    /// Whether a run was killed behind its end, before it came to leave: the same command would begin another one. What it holds for its own time, a lease,
    /// may be left then.
    /// </summary>
    public virtual bool WasOver(string state) => false;

    /// <summary>What must hold between a kill and the next run.</summary>
    public virtual Task AssertSafeAsync() => Task.CompletedTask;

    /// <summary>Everything that the plan has changed, as text that is equal where the worlds are; nothing in it is of this scene alone.</summary>
    public abstract Task<string> WorldAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Keys and ETags as lines.</summary>
    protected static string Text(SortedDictionary<string, string> folder) => string.Join('\n', folder.Select(item => $"{item.Key} {item.Value}"));
}
