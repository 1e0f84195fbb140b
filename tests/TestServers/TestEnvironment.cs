namespace CnpgRestore.TestServers;

/// <summary>Every environment variable that tests read, in one place.</summary>
#pragma warning disable RS0030 // This is the one file that reads them.
public static class TestEnvironment
{
    /// <summary>Continuous integration: what is missing fails a test instead of skipping it.</summary>
    public static bool IsCi => Read("CI") == "true";

    /// <summary>Endpoint of a server that <c>testbed/s3.sh start</c> has brought up; without it every test assembly starts its own.</summary>
    public static string? S3Endpoint => Read("CNPG_RESTORE_TEST_S3");

    /// <summary>Folder of a node that <c>testbed/kubernetes.sh start</c> has brought up; without it every test assembly starts its own.</summary>
    public static string? KubernetesFolder => Read("CNPG_RESTORE_TEST_KUBERNETES");

    /// <summary>Folder with <c>initdb</c>, <c>postgres</c> and the client programs.</summary>
    public static string PostgresPrograms => Read("CNPG_RESTORE_TEST_POSTGRES") ?? "/usr/lib/postgresql/15/bin";

    /// <summary>How many random moments the kill matrix has in all.</summary>
    public static int RandomKills => int.Parse(Read("CNPG_RESTORE_TEST_KILLS") ?? "200", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the kill matrix leaves out the steps, and keeps their rows as they are.</summary>
    public static bool OnlyRandomKills => Read("CNPG_RESTORE_TEST_KILLS_AT") == "random";

    /// <summary>A program to run in place of the native one: <c>make coverage</c> counts the lines that it runs.</summary>
    public static string? Program => Read("CNPG_RESTORE_TEST_PROGRAM");

    /// <summary>The repository's root: the nearest folder above the running test assembly that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CnpgRestore.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"no CnpgRestore.slnx above {AppContext.BaseDirectory}");
        }

        return folder;
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
