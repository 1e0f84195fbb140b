using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Manifests;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>manifest recovery | initdb</c>: edits a Cluster manifest so that everything else in the file stays as it is.</summary>
static class ManifestCommand
{
    public static Command Create(TimeProvider clock) =>
        new("manifest", "Edit a Cluster manifest for a restore; comments, anchors, order and quoting stay.") { Recovery(clock), Initdb(clock) };

    private static Command Recovery(TimeProvider clock)
    {
        var source = Arg.ServerFolder("--source", "Server folder in the bucket to recover from; default: what the manifest says, live or in a comment.");
        var target = new RecoveryTargetOptions("Default: none; CloudNativePG chooses, and may take a FAILED one. 'backups check' names the right one.");
        var options = new ManifestOptions();
        var command = new Command("recovery", """
            Make the Cluster of a manifest recover from a folder in its bucket.

            Written are bootstrap.recovery, its external cluster, explicit server names, database and owner. A commented-out block is used where
            there is one; what was live before becomes a comment.

            Exit codes: 0 done, 2 usage, 10 file or Cluster not found, 12 access denied, 15 the manifest cannot be edited and was not.

            Examples:
              # What would change
              cnpg-restore manifest recovery -f clusters/postgres.yaml --diff
              # Recover from one folder, archive to another; --in-place writes it
              cnpg-restore manifest recovery -f clusters/postgres.yaml --source postgres-v17 --archive-name postgres-v17-2
            """) { source };
        target.AddTo(command);
        options.AddTo(command);
        command.SetAction((parse, ct) =>
        {
            var request = new RecoveryRequest
            {
                Source = parse.GetValue(source),
                ArchiveName = options.ArchiveName(parse),
                Application = options.Application(parse),
                Target = target.Read(parse),
                BackupId = target.BackupId(parse),
            };
            return RunAsync(new CliSession(parse, clock), options, parse, set => set.ToRecovery(options.Cluster(parse), request), ct);
        });
        return command;
    }

    private static Command Initdb(TimeProvider clock)
    {
        var options = new ManifestOptions();
        var command = new Command("initdb", """
            Make the Cluster of a manifest begin new and empty, as for a load of SQL dumps.

            The recovery becomes a comment; an anchor that others use moves to where it is still used.

            Exit codes: 0 done, 2 usage, 10 file or Cluster not found, 12 access denied, 15 the manifest cannot be edited and was not.

            Examples:
              # What would change
              cnpg-restore manifest initdb -f clusters/postgres.yaml --diff
            """);
        options.AddTo(command);
        command.SetAction((parse, ct) =>
        {
            var request = new InitdbRequest { ArchiveName = options.ArchiveName(parse), Application = options.Application(parse) };
            return RunAsync(new CliSession(parse, clock), options, parse, set => set.ToInitdb(options.Cluster(parse), request), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, ManifestOptions options, ParseResult parse, Func<ManifestSet, ManifestEdit> edit, CancellationToken ct)
    {
        var set = ManifestFiles.Read(options.Files(parse));
        var result = edit(set);
        var changed = set.Files.Where(file => file.IsChanged).ToList();
        var inPlace = options.InPlace(parse);
        if (inPlace)
        {
            foreach (var file in changed)
            {
                await ManifestFiles.WriteAsync(file, ct);
            }
        }

        if (session.Format == OutputFormat.Text)
        {
            Show(session, set.Files[0], changed, options.Diff(parse), inPlace);
            ShowNotes(session, result.Notes);
        }
        else
        {
            DocumentOutput.Write(session, ManifestDocument.Of(set, result, inPlace), CliJson.Readable.ManifestDocument);
        }

        return 0;
    }

    // Not through the console's markup and wrapping: the result is a file, byte for byte.
    private static void Show(CliSession session, ManifestFile first, IReadOnlyList<ManifestFile> changed, bool diff, bool inPlace)
    {
        var result = session.Result.Profile.Out.Writer;
        var progress = session.Progress.Profile.Out.Writer;
        if (diff)
        {
            foreach (var file in changed)
            {
                result.Write(UnifiedDiff.Create(file.Original.Text, file.Text.Text, file.Path));
            }
        }
        else if (!inPlace)
        {
            result.Write(first.Text.Text);
            foreach (var other in changed.Where(file => file != first))
            {
                progress.WriteLine($"note: {other.Path} has to change too; --in-place writes both");
                progress.Write(UnifiedDiff.Create(other.Original.Text, other.Text.Text, other.Path));
            }
        }

        if (inPlace && !session.Quiet)
        {
            progress.WriteLine(changed.Count == 0 ? $"{first.Path} says so already" : $"written: {string.Join(", ", changed.Select(file => file.Path))}");
        }
    }

    private static void ShowNotes(CliSession session, IReadOnlyList<string> notes)
    {
        foreach (var note in notes.Where(_ => !session.Quiet))
        {
            session.Progress.Profile.Out.Writer.WriteLine($"note: {note}");
        }
    }
}
