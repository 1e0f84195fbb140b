using CnpgRestore.Barman.Backups;
using CnpgRestore.Manifests;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Manifests;

/// <summary>One folder of Golden/manifests: input.yaml (and ks.yaml), args, and what comes of them.</summary>
sealed class GoldenManifest(string name)
{
    public static TheoryData<string> Names { get; } =
        [.. Directory.EnumerateDirectories(Golden.Path("manifests")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Those that are edited, not refused.</summary>
    public static TheoryData<string> Edited { get; } = [.. Names.Select(row => row.Data).Where(name => new GoldenManifest(name).Find("problem") is null)];

    public string[] Args { get; } = File.ReadAllText(Golden.Path("manifests", name, "args")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    public string Input => Find("input.yaml")!;

    /// <summary>The content of a file of the folder, its byte order mark included; null where there is no such file.</summary>
    public string? Find(string file) => Golden.Path("manifests", name, file) is var path && File.Exists(path)
        ? new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetString(File.ReadAllBytes(path))
        : null;

    public ManifestSet Open() => Open(Input, Find("ks.yaml"));

    public static ManifestSet Open(string input, string? kustomization) => kustomization is null
        ? new ManifestSet(new ManifestFile("input.yaml", input))
        : new ManifestSet(new ManifestFile("input.yaml", input), new ManifestFile("ks.yaml", kustomization));

    public ManifestEdit Edit(ManifestSet set) => Edit(set, Args);

    public static ManifestEdit Edit(ManifestSet set, string[] args)
    {
        var cluster = Option(args, "--cluster");
        var database = Option(args, "--database");
        var application = database is null ? null : new ApplicationDatabase(database, Option(args, "--owner")!, Option(args, "--secret"));
        return args[0] == "initdb"
            ? set.ToInitdb(cluster, new InitdbRequest { ArchiveName = Option(args, "--archive-name"), Application = application })
            : set.ToRecovery(cluster, new RecoveryRequest
            {
                Source = Option(args, "--source"),
                ArchiveName = Option(args, "--archive-name"),
                Application = application,
                Target = Target(args),
                BackupId = Option(args, "--backup-id") is { } id ? BackupId.Parse(id) : null,
            });
    }

    public static RecoveryTarget Target(string[] args)
    {
        var suffix = args.Contains("--target-exclusive") ? " exclusive" : "";
        foreach (var kind in new[] { "time", "lsn", "xid", "name" })
        {
            if (Option(args, $"--target-{kind}") is { } value)
            {
                // The command line takes any offset; the target itself is written in UTC.
                return kind == "time"
                    ? new RecoveryTarget.Time(TargetTime.Parse(value), suffix.Length == 0)
                    : RecoveryTarget.Parse($"{kind} {value}{suffix}");
            }
        }

        return args.Contains("--target-immediate") ? new RecoveryTarget.Immediate() : new RecoveryTarget.Latest();
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var index ? args[index + 1] : null;
}
