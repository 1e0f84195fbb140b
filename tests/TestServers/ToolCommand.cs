namespace CnpgRestore.TestServers;

/// <summary>A program and what it is started with. Text of arguments is passed as it is; no shell reads it.</summary>
/// <param name="Program">A name that is looked up in PATH, or a path.</param>
public sealed record ToolCommand(string Program, params string[] Arguments)
{
    /// <summary>Added to the environment of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Written to standard input, which is closed then.</summary>
    public string Input { get; init; } = "";

    /// <summary>After it the program and its children are killed and the test fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    public override string ToString() => string.Join(' ', [Program, .. Arguments]);
}

/// <summary>How a program ended; both texts are complete.</summary>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The result itself, for a program whose failure is not what the test is about.</summary>
    public ToolResult Succeeded() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{Command}\nended with exit code {ExitCode}\n{Output}{Error}");
}
