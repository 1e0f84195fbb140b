using System.CommandLine;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>from-backup CLUSTER</c>: the runbook's recovery from the bucket as one run.</summary>
static class FromBackupCommand
{
    public static Command Create(TimeProvider clock)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the Cluster, for example postgres-v17; it may be broken, or gone." };
        var files = new Option<string[]>("--file", "-f")
        {
            Description = "Manifest of the Cluster; again for files that belong to it. Those near it are found by themselves. Default: the live Cluster.",
            HelpName = "FILE",
        };
        var source = Arg.ServerFolder("--source", "Server folder to recover from. Default: the one with the newest usable backup that the Cluster names.");
        var lineage = Arg.Choice<Lineage>(
            "--lineage",
            [],
            "new: archive under a new server name, nothing is copied. move: rename the folder first. Default: new, or move where Git fixes the name.",
            "new",
            "move");
        var archiveName = Arg.ServerFolder("--archive-name", "Server folder that the recovered Cluster archives to; with --lineage new.");
        var apply = Arg.Choice<ApplyMode>(
            "--apply",
            [],
            "api: create the Cluster. git: also write and commit the manifest. none: write the manifest and wait until it is applied. Default: api.",
            "api",
            "git",
            "none");
        var push = new Option<bool>("--push") { Description = "With --apply git: push the commit to the branch's upstream." };
        var database = new Option<string?>("--database") { Description = "Application database; default: from the manifest.", HelpName = "NAME" };
        var owner = new Option<string?>("--owner") { Description = "Its owner; default: from the manifest.", HelpName = "NAME" };
        var acceptWalLoss = new Option<bool>("--accept-wal-loss")
        {
            Description = "Delete the live Cluster although it does not archive, or its last WAL does not come to the bucket: what only it holds is lost.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing." };
        var timeout = FromBackupCarrier.TimeoutOption();
        var report = Arg.Report();
        var target = new RecoveryTargetOptions();
        var kubernetes = new KubernetesOptions();
        var store = new StoreOptions();

        var command = new Command("from-backup", """
            Recover a Cluster from its bucket: make the archive empty, edit the manifest, recover, prove it, take the first new backup.

            A Cluster that lives is deleted with its volumes and made again, once its backup is proven and its last WAL is in the bucket; until then
            runs undo puts everything back.
            Killed anywhere, the same command goes on, on any machine. GitOps is suspended first and resumed last.

            Exit codes: 0 done and proven, 3 recovered with differences, 10 no backup or no Cluster, 11 another run holds the Cluster,
            12 access denied, 13 store or API unreachable, 14 WAL gap, 15 refused and nothing changed, 20 stopped midway, 130 interrupted.

            Examples:
              # What would be done, step by step
              cnpg-restore from-backup postgres-v17 -n db --dry-run
              # To the minute before a mistake
              cnpg-restore from-backup postgres-v17 -n db --target-time 2026-03-01T10:00:00Z
              # The manifest is in Git: edit it there, commit, push
              cnpg-restore from-backup postgres-v17 -n db -f clusters/postgres.yaml --apply git --push
            """) { cluster, files, source, lineage, archiveName, apply, push, database, owner, acceptWalLoss, dryRun, timeout, report };
        target.AddTo(command);
        kubernetes.AddTo(command);
        store.AddTo(command);
        command.Check(result =>
        {
            if (result.GetResult(database) is null != result.GetResult(owner) is null)
            {
                result.AddError("--database and --owner go together.");
            }

            if (result.GetResult(apply) is not null && result.GetValue(apply) is ApplyMode.Git or ApplyMode.None && result.GetResult(files) is null)
            {
                result.AddError("--apply git and --apply none need the manifest: --file.");
            }

            if (result.GetResult(push) is not null && result.GetValue(apply) != ApplyMode.Git)
            {
                result.AddError("--push goes with --apply git.");
            }
        });
        command.SetAction(async (parse, ct) =>
        {
            using var api = kubernetes.Connect(parse, clock);
            var request = new FromBackupRequest
            {
                Cluster = parse.GetRequiredValue(cluster),
                Namespace = api.Namespace,
                Source = parse.GetValue(source),
                Lineage = parse.GetValue(lineage),
                ArchiveName = parse.GetValue(archiveName),
                Target = target.Read(parse),
                BackupId = target.BackupId(parse),
                Application = parse.GetValue(database) is { } name ? new ApplicationDatabase(name, parse.GetValue(owner)!, Secret: null) : null,
                AcceptsWalLoss = parse.GetValue(acceptWalLoss),
                Files = parse.GetValue(files) ?? [],
                Apply = parse.GetValue(apply) ?? ApplyMode.Api,
                Push = parse.GetValue(push),
            };
            var carrier = new FromBackupCarrier(new CliSession(parse, clock), api, store, parse);
            return await carrier.RunAsync(request, parse.GetValue(dryRun), parse.GetValue(timeout)?.Value, parse.GetValue(report), ct);
        });
        return command;
    }
}
