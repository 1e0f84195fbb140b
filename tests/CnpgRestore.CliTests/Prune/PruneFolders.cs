using System.Text;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Prune;

/// <summary>Two server folders with what real Barman wrote: a former one, and the one of the recovered database, a day later.</summary>
static class PruneFolders
{
    /// <summary>When the newest base backup of the former folder ended.</summary>
    public const string FormerEnd = "2026-11-22 17:52:38.905821";

    public const string SystemIdentifier = "7711054909860330953";

    /// <summary>Below the server folder: the newest base backup.</summary>
    public const string NewestBackup = "base/20261122T175234/";

    public static IReadOnlyDictionary<string, byte[]> Former()
    {
        var golden = Path.Combine(TestEnvironment.Repository, "tests", "CnpgRestore.Tests", "Golden", "barman", "postgres-v15");
        return Directory.EnumerateFiles(golden, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(golden, path), File.ReadAllBytes);
    }

    public static IReadOnlyDictionary<string, byte[]> Later() => Edited(("2026-11-22 17", "2026-11-23 17"));

    /// <summary>The former folder, with other words in each backup.info.</summary>
    public static IReadOnlyDictionary<string, byte[]> Edited(params (string Old, string Fresh)[] edits) => Former().ToDictionary(item => item.Key, item =>
        item.Key.EndsWith("/backup.info", StringComparison.Ordinal)
            ? Encoding.UTF8.GetBytes(edits.Aggregate(Encoding.UTF8.GetString(item.Value), (text, edit) => text.Replace(edit.Old, edit.Fresh, StringComparison.Ordinal)))
            : item.Value);
}
