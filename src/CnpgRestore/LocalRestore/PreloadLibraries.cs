namespace CnpgRestore.LocalRestore;

/// <summary>
/// The modules that the original server loaded at its start. They are kept where they are installed here: an extension with its own kind of
/// WAL record cannot be replayed without its module. Those that act by themselves are left out: a drill must neither run the original's jobs nor
/// speak to its neighbours, and none of them has WAL of its own.
/// </summary>
/// <param name="Installed">As <c>shared_preload_libraries</c> names them.</param>
/// <param name="Missing">Named there, and not installed here.</param>
/// <param name="LeftOut">Named there, and not wanted here.</param>
public sealed record PreloadLibraries(IReadOnlyList<string> Installed, IReadOnlyList<string> Missing, IReadOnlyList<string> LeftOut)
{
    // Schedulers, replication, and what sends HTTP requests out of a queue.
    private static readonly string[] Acting = ["pg_cron", "pg_partman_bgw", "pg_net", "pg_squeeze", "pglogical", "spock", "bdr", "pgactive"];

    // Read in this order, so that the last one wins as it did in the original server; custom.conf and override.conf are CNPG's.
    private static readonly string[] Files = ["postgresql.conf", "custom.conf", "override.conf", "postgresql.auto.conf"];

    public static PreloadLibraries Read(string dataDirectory, string moduleFolder)
    {
        var setting = "";
        foreach (var file in Files.Select(name => Path.Combine(dataDirectory, name)).Where(File.Exists))
        {
            foreach (var line in File.ReadLines(file))
            {
                setting = ValueIn(line) ?? setting;
            }
        }

        var names = setting.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => name.Trim('"')).ToList();
        var acting = names.ToLookup(name => Acting.Contains(Path.GetFileNameWithoutExtension(name)));
        var installed = acting[false].ToLookup(name => File.Exists(Path.Combine(moduleFolder, $"{name}.so")) || File.Exists(name));
        return new PreloadLibraries([.. installed[true]], [.. installed[false]], [.. acting[true]]);
    }

    private static string? ValueIn(string line)
    {
        var text = line.TrimStart();
        if (!text.StartsWith("shared_preload_libraries", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var quoted = text.Split('\'');
        return quoted.Length > 2 ? quoted[1] : null;
    }
}
