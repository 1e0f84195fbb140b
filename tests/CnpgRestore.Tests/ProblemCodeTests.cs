namespace CnpgRestore.Tests;

public sealed class ProblemCodeTests
{
    // Scripts depend on these; the list may only grow.
    private static readonly (string Name, int ExitCode)[] Frozen =
    [
        ("Bug", 1), ("Usage", 2), ("Differences", 3), ("Broken", 4), ("NotFound", 10), ("Locked", 11), ("AccessDenied", 12), ("Unreachable", 13),
        ("WalGap", 14), ("Refused", 15), ("Stopped", 20), ("Interrupted", 130), ("Terminated", 143),
    ];

    [Fact]
    public void Exit_codes_are_frozen()
    {
        var present = Enum.GetValues<ProblemCode>().Select(code => (code.ToString(), (int)code));
        Assert.Empty(Frozen.Except(present));
    }
}
