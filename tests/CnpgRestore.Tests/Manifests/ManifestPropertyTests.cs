using System.Text.Json.Nodes;
using CnpgRestore.Manifests;
using CnpgRestore.Yaml;
using CsCheck;
using DiffPlex;
using DiffPlex.Chunkers;

namespace CnpgRestore.Tests.Manifests;

/// <summary>Random requests on every manifest: what was asked is said, and nothing else is.</summary>
public sealed class ManifestPropertyTests
{
    private static readonly GoldenManifest[] Manifests = [.. GoldenManifest.Edited.Select(row => new GoldenManifest(row.Data))];

    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.Char["abcxyz0129-"].Array[1, 12].Select(letters => $"s{new string(letters).TrimEnd('-')}"),
        Gen.OneOf("true", "null", "on", "12", "0x10", "1e3", "a: b", "# no", "'", "\"", "- x", "*x", "&x", "{a}", "ünï", "x ", "2026-03-01"));

    private static readonly Gen<string[]> Requests = Gen.Select(Name, Name, Name, Name, Gen.Int[0, 6], Gen.Bool, Gen.Bool)
        .Select((source, archive, database, owner, target, withArchive, withDatabase) => (string[])
        [
            "recovery", "--source", $"{source}-a",
            .. withArchive ? (string[])["--archive-name", $"{archive}-b"] : [],
            .. withDatabase ? (string[])["--database", database, "--owner", owner] : [],
            .. target switch
            {
                0 => (string[])["--target-time", "2026-03-01T10:00:00Z"],
                1 => ["--target-lsn", "16/B374D848", "--backup-id", "20260301T020000", "--target-exclusive"],
                2 => ["--backup-id", "20260301T020000"],
                3 => ["--target-name", "before_upgrade", "--backup-id", "20260301T020000"],
                4 => ["--target-immediate", "--backup-id", "20260301T020000"],
                5 => ["--target-xid", "745", "--backup-id", "20260301T020000"],
                _ => [],
            },
        ]);

    private static readonly Gen<(GoldenManifest Manifest, string[] Args)> Cases = Gen.Select(Gen.OneOf(Manifests), Requests,
        (manifest, args) => (manifest, (string[])[.. args, .. manifest.Args.Contains("--cluster") ? ["--cluster", "b"] : Array.Empty<string>()]));

    [Fact]
    public void A_recovery_says_exactly_what_was_asked()
    {
        const int Requested = 80;
        var edited = 0;
        Cases.Sample((manifest, args) => Interlocked.Add(ref edited, Says(manifest, args) ? 1 : 0), iter: Requested);
        // Most are not refused, or this would prove little.
        Assert.True(edited > Requested / 2, $"{edited} of {Requested} were edited");
    }

    private static bool Says(GoldenManifest manifest, string[] args)
    {
        var set = manifest.Open();
        if (Attempt(set, args) is not { } edit)
        {
            return false;
        }

        var after = set.Read(args.Contains("--cluster") ? "b" : null);
        Assert.Equal([BootstrapMethod.Recovery], after.Methods);
        Assert.Equal(args[2], after.Source!.ServerName);
        Assert.True(after.Source.IsExplicit);
        var isChart = manifest.Input.Contains("HelmRelease", StringComparison.Ordinal);
        Assert.True(isChart || after.Destination is null or { IsExplicit: true });
        Assert.NotNull(after.Application);
        AssertSays(args, "--archive-name", after.Destination?.ServerName);
        AssertSays(args, "--database", after.Application.Database);
        AssertSays(args, "--owner", after.Application.Owner);
        AssertSays(args, "--target-time", after.RecoveryTarget.GetValueOrDefault("targetTime"));
        AssertSays(args, "--target-lsn", after.RecoveryTarget.GetValueOrDefault("targetLSN"));
        AssertSays(args, "--backup-id", after.RecoveryTarget.GetValueOrDefault("backupID"));
        AssertSays(args, "--target-name", after.RecoveryTarget.GetValueOrDefault("targetName"));
        AssertSays(args, "--target-xid", after.RecoveryTarget.GetValueOrDefault("targetXID"));
        Assert.Equal(args.Contains("--target-immediate"), after.RecoveryTarget.ContainsKey("targetImmediate"));
        Assert.Equal(args.Count(word => word is "--target-time" or "--target-lsn" or "--target-name" or "--target-immediate" or "--target-xid" or "--backup-id" or "--target-exclusive"), after.RecoveryTarget.Count);
        Assert.Equal(edit.After.Name, edit.Before.Name);
        return true;
    }

    [Fact]
    public void Lines_outside_the_recovery_stay_byte_for_byte() => Cases.Sample((manifest, args) =>
    {
        var set = manifest.Open();
        if (manifest.Input.StartsWith('{') || Attempt(set, args) is null)
        {
            return;
        }

        foreach (var file in set.Files)
        {
            var touched = RecoveryLines(file.Original);
            var diff = Differ.Instance.CreateDiffs(file.Original.Text, file.Text.Text, ignoreWhiteSpace: false, ignoreCase: false, new LineEndingsPreservingChunker());
            foreach (var block in diff.DiffBlocks)
            {
                for (var line = block.DeleteStartA; line < block.DeleteStartA + block.DeleteCountA; line++)
                {
                    // A last line without a break gets one when lines follow it.
                    var isExtended = line == diff.PiecesOld.Count - 1 && !diff.PiecesOld[line].EndsWith('\n');
                    Assert.True(touched.Contains(line) || isExtended, $"line {line + 1} of {file.Path}: {diff.PiecesOld[line]}");
                }
            }
        }
    }, iter: 100);

    [Fact]
    public void Everything_else_means_the_same_to_another_reader() => Cases.Sample((manifest, args) =>
    {
        var set = manifest.Open();
        if (Attempt(set, args) is null)
        {
            return;
        }

        foreach (var file in set.Files)
        {
            var before = OtherReader.Read(file.Original.Text);
            var after = OtherReader.Read(file.Text.Text);
            Assert.Equal(before.Count, after.Count);
            foreach (var (old, now) in before.Zip(after))
            {
                Assert.Empty(YamlMeaning.Differences(WithoutRecovery(old), WithoutRecovery(now)));
            }
        }
    }, iter: 100);

    [Fact]
    public void Back_and_forth_leaves_the_recovery_as_it_was() => Gen.OneOf(Manifests).Sample(manifest =>
    {
        if (manifest.Args[0] != "recovery" || manifest.Input.Contains("HelmRelease", StringComparison.Ordinal) || manifest.Input.StartsWith('{'))
        {
            return;
        }

        var cluster = manifest.Args.Contains("--cluster") ? "b" : null;
        var set = manifest.Open();
        manifest.Edit(set);
        var recovered = set.Files[0].Text.Text;
        set.ToInitdb(cluster, new InitdbRequest());
        Assert.NotEqual(recovered, set.Files[0].Text.Text);
        manifest.Edit(set);
        Assert.Equal(Sorted(recovered), Sorted(set.Files[0].Text.Text));
    }, iter: 60);

    private static ManifestEdit? Attempt(ManifestSet set, string[] args)
    {
        try
        {
            return GoldenManifest.Edit(set, args);
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.Refused or ProblemCode.Usage)
        {
            Assert.DoesNotContain(set.Files, file => file.IsChanged);
            return null;
        }
    }

    private static void AssertSays(string[] args, string option, string? said)
    {
        if (Array.IndexOf(args, option) is >= 0 and var index)
        {
            Assert.Equal(args[index + 1], said);
        }
    }

    /// <summary>Lines of live recovery keys, of comments that stand for them, and of Flux variables: found by words, not by the code under test.</summary>
    private static HashSet<int> RecoveryLines(YamlText text)
    {
        var lines = text.Text.Split('\n');
        var touched = new HashSet<int>();
        string[] sections = ["bootstrap:", "externalClusters:", "recovery:", "initdb:", "pg_basebackup:", "pitrTarget:", "substitute:"];
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].TrimStart().StartsWith('#') || lines[index].Contains("serverName", StringComparison.Ordinal) || lines[index].TrimStart().StartsWith("mode:", StringComparison.Ordinal))
            {
                touched.Add(index);
            }
            else if (sections.Any(section => lines[index].TrimStart().StartsWith(section, StringComparison.Ordinal)))
            {
                var indent = Indent(lines[index]);
                touched.Add(index);
                for (var next = index + 1; next < lines.Length && (lines[next].Trim().Length == 0 || Indent(lines[next]) > indent || lines[next].TrimStart().StartsWith('-')); next++)
                {
                    touched.Add(next);
                }
            }
            else if (lines[index].TrimStart().StartsWith("barmanObjectStore: {", StringComparison.Ordinal))
            {
                // On one line with everything else.
                touched.Add(index);
            }
        }

        return touched;
    }

    private static int Indent(string line) => line.Length - line.TrimStart(' ').Length;

    private static JsonNode? WithoutRecovery(JsonNode? node)
    {
        if (node?["spec"] is not JsonObject spec)
        {
            return node;
        }

        spec.Remove("bootstrap");
        spec.Remove("externalClusters");
        ((spec["backup"] as JsonObject)?["barmanObjectStore"] as JsonObject)?.Remove("serverName");
        (spec["postBuild"] as JsonObject)?.Remove("substitute");
        foreach (var plugin in spec["plugins"] as JsonArray ?? [])
        {
            (plugin?["parameters"] as JsonObject)?.Remove("serverName");
        }

        if (spec["values"] is JsonObject values)
        {
            values.Remove("mode");
            values.Remove("recovery");
        }

        return node;
    }

    // Where a new block stands depends on what was there before; what it says does not.
    private static string Sorted(string text) => string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith('#')).Order(StringComparer.Ordinal));
}
