using CnpgRestore.Barman.Backups;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Postgres;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>Brings the edited manifest into the user's files, and with <see cref="ApplyMode.Git"/> into a commit.</summary>
sealed class ManifestDelivery(FromBackupDecision decision)
{
    /// <summary>Whether GitOps will find the new manifest when it is resumed.</summary>
    public bool IsPublished { get; private set; }

    public async Task<string> WriteAsync(CancellationToken ct)
    {
        if (decision.Host != Environment.MachineName && !decision.Files.All(File.Exists))
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"the manifests lie on {decision.Host}",
                string.Join(", ", decision.Files),
                $"go on there: cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
        }

        var set = ManifestFiles.Read(decision.Files);
        set.ToRecovery(decision.Cluster, new RecoveryRequest
        {
            Source = decision.Source,
            ArchiveName = decision.Archive,
            Application = decision.Application,
            Target = RecoveryTarget.Parse(decision.Target),
            BackupId = BackupId.Parse(decision.BackupId, provider: null),
        });
        var changed = set.Files.Where(file => file.IsChanged).ToList();
        foreach (var file in changed)
        {
            if (decision.Apply == ApplyMode.None)
            {
                // Git keeps the former text where there is one; here nothing else does.
                await AtomicFile.WriteAsync($"{file.Path}.before", file.Original.Text, ct);
            }

            await ManifestFiles.WriteAsync(file, ct);
        }

        var written = changed.Count == 0 ? "the files say so already" : $"written: {string.Join(", ", changed.Select(file => file.Path))}";
        return decision.Apply == ApplyMode.Git ? await CommitAsync([.. set.Files.Select(file => file.Path).Where(File.Exists)], written, ct) : written;
    }

    /// <summary>Takes the commit back with a new one; null where there is no commit of this run.</summary>
    public async Task<string?> RevertAsync(CancellationToken ct)
    {
        if (decision.Apply != ApplyMode.Git || decision.Files.Count == 0 || !File.Exists(decision.Files[0]))
        {
            return null;
        }

        var repository = await GitRepository.OfAsync(decision.Files[0], ct);
        var reverted = await repository.RevertAsync(Mark(decision), ct);
        if (reverted is not null && decision.Push)
        {
            await repository.PushAsync(ct);
        }

        return reverted;
    }

    /// <summary>The line of the commit message by which it is found again.</summary>
    private static string Mark(FromBackupDecision decision) => $"cnpg-restore run {decision.Run}";

    private async Task<string> CommitAsync(IReadOnlyList<string> files, string written, CancellationToken ct)
    {
        var repository = await GitRepository.OfAsync(files[0], ct);
        var outcome = written;
        if (await repository.HasChangesAsync(files, ct))
        {
            var target = decision.Target == "latest" ? "to the end of its archive" : $"to {decision.Target}";
            var message = $"""
                Recover {decision.Namespace}/{decision.Cluster} from {decision.Source}

                Base backup {decision.BackupId}, {target}. Archives to {decision.Archive} from now on.
                {Mark(decision)}
                """;
            outcome = $"{written}; commit {await repository.CommitAsync([.. files.Select(Path.GetFullPath)], message, ct)}";
        }

        if (decision.Push && !await repository.IsPublishedAsync(ct))
        {
            await repository.PushAsync(ct);
            outcome += ", pushed";
        }

        IsPublished = await repository.IsPublishedAsync(ct);
        return outcome;
    }
}
