namespace CnpgRestore.TestServers;

/// <summary>
/// <c>kill-at.c</c>, compiled: ends a program with SIGKILL at an exact line of its journal or of its progress. Its children are not killed, as in life.
/// </summary>
public static class KillSwitch
{
    private static readonly SemaphoreSlim Turn = new(1);
    private static string? _library;

    /// <summary>The same command, with the switch in it.</summary>
    /// <param name="words">What the line holds, all of them.</param>
    /// <param name="when">As kill-at.c has it: <c>unwritten</c>, <c>written</c> or <c>shown</c>.</param>
    /// <param name="later">For how long the program goes on after that.</param>
    public static async Task<ToolCommand> ArmAsync(ToolCommand command, IEnumerable<string> words, string when, TimeSpan later) => command with
    {
        Environment = new Dictionary<string, string>(command.Environment)
        {
            ["LD_PRELOAD"] = await LibraryAsync(),
            ["KILL_AT"] = string.Join('\n', words),
            ["KILL_WHEN"] = when,
            ["KILL_LATER"] = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{later.TotalMilliseconds:0}"),
        },
    };

    private static async Task<string> LibraryAsync()
    {
        await Turn.WaitAsync();
        try
        {
            return _library ??= await CompileAsync();
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<string> CompileAsync()
    {
        // Native AOT links with it too, so it is there wherever the program is.
        Requirement.Programs("clang");
        var folder = new TemporaryFolder("kill-switch");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var library = Path.Combine(folder.Path, "kill-at.so");
        var source = Path.Combine(TestEnvironment.Repository, "tests", "TestServers", "kill-at.c");
        (await ToolProcess.RunAsync(new ToolCommand("clang", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-lpthread"), CancellationToken.None)).Succeeded();
        return library;
    }
}
