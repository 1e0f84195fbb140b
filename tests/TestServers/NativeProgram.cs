namespace CnpgRestore.TestServers;

/// <summary>The published native program, as <c>make build</c> leaves it.</summary>
public static class NativeProgram
{
    private static readonly string Built = System.IO.Path.Combine(TestEnvironment.Repository, "bin", "cnpg-restore");

    private static readonly Lazy<string> Program = new(FindReadable);

    /// <summary>A path that the postgres user can run, too. Skips or fails the test when the program is missing or older than its sources.</summary>
    public static string Path => Program.Value;

    public static ToolCommand Command(params string[] arguments) => new(Path, arguments);

    private static string FindReadable()
    {
        if (TestEnvironment.Program is { } other)
        {
            return other;
        }

        Requirement.That(File.Exists(Built) && File.GetLastWriteTimeUtc(Built) > LastChange(), "bin/cnpg-restore is missing or older than its sources; run: make build");
        if (!Environment.IsPrivilegedProcess)
        {
            return Built;
        }

        // The repository may lie below /root, where the postgres user sees nothing.
        var folder = new TemporaryFolder("program");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var copy = System.IO.Path.Combine(folder.Path, "cnpg-restore");
        File.Copy(Built, copy);
        return copy;
    }

    private static DateTime LastChange() =>
        Directory.EnumerateFiles(System.IO.Path.Combine(TestEnvironment.Repository, "src"), "*.cs", SearchOption.AllDirectories).Max(File.GetLastWriteTimeUtc);
}
