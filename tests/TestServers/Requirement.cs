using Xunit;

namespace CnpgRestore.TestServers;

/// <summary>What a test needs on the machine. Missing, it skips the test on a workstation and fails it in continuous integration.</summary>
public static class Requirement
{
    /// <summary>Each is a name that is looked up in PATH, or a path.</summary>
    public static void Programs(params string[] programs)
    {
        var missing = programs.Where(program => !IsInstalled(program)).ToList();
        That(missing.Count == 0, $"{string.Join(", ", missing)} not installed; run: make servers");
    }

    /// <param name="message">What is missing, and the command that gets it.</param>
    public static void That(bool isMet, string message)
    {
        if (!isMet && TestEnvironment.IsCi)
        {
            Assert.Fail(message);
        }

        Assert.SkipUnless(isMet, message);
    }

    private static bool IsInstalled(string program) => program.StartsWith('/')
        ? File.Exists(program)
        : (EnvironmentVariables.SearchPath ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
