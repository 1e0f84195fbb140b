using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>Brings the edited manifest into the user's files, and with <see cref="ApplyMode.Git"/> into a commit.</summary>
sealed class ManifestDelivery(ClusterDecision decision)
{
    /// <summary>Whether GitOps will find the new manifest when it is resumed.</summary>
    public bool IsPublished { get; private set; }

    /// <summary>What a person types to publish the commit.</summary>
    public string PushCommand { get; private set; } = "git push";

    public async Task<string> WriteAsync(CancellationToken ct)
    {
        if (decision.Host != Environment.MachineName && !decision.Files.All(File.Exists))
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"the manifests lie on {decision.Host}",
                string.Join(", ", decision.Files),
                $"go on there: {decision.ResumeCommand}");
        }

        var set = ManifestFiles.Read(decision.Files);
        decision.Edit(set);
        var changed = set.Files.Where(file => file.IsChanged).ToList();
        foreach (var file in changed)
        {
            if (decision.Apply == ApplyMode.None)
            {
                await KeepFormerAsync(file, ct);
            }

            await ManifestFiles.WriteAsync(file, ct);
        }

        var written = changed.Count == 0 ? "the files say so already" : $"written: {string.Join(", ", changed.Select(file => file.Path))}";
        return decision.Apply == ApplyMode.Git ? await CommitAsync(Own(set), written, ct) : written;
    }

    /// <summary>Git keeps the former text where there is one; here nothing else does, nor of what a run before this one has kept.</summary>
    private static async Task KeepFormerAsync(ManifestFile file, CancellationToken ct)
    {
        var former = $"{file.Path}.before";
        if (File.Exists(former) && await File.ReadAllTextAsync(former, ct) != file.Original.Text)
        {
            File.Move(former, Enumerable.Range(1, int.MaxValue).Select(number => $"{former}.{number}").First(name => !Path.Exists(name)));
        }

        await AtomicFile.WriteAsync(former, file.Original.Text, ct);
    }

    /// <summary>What the user named and what the run changes. A neighbour that was only read may hold somebody's unfinished work.</summary>
    private List<string> Own(ManifestSet set) =>
        [.. decision.Edited is { } edited ? decision.Files.Union(edited) : set.Files.Select(file => Path.GetFullPath(file.Path)).Where(File.Exists)];

    /// <summary>The commit of this run as it would be taken back, abbreviated; null where there is none here.</summary>
    public async Task<string?> FindCommitAsync(CancellationToken ct) =>
        await OpenAsync(ct) is { } repository && await repository.FindAsync(Mark(decision), ct) is { } commit ? commit.ToString() : null;

    /// <summary>Takes the commit back with a new one; null where there is none of this run that is not taken back.</summary>
    /// <exception cref="RestoreException">Exit 20: where GitOps reads, the commit is still in force, and the run was not to push.</exception>
    public async Task<string?> RevertAsync(CancellationToken ct)
    {
        if (await OpenAsync(ct) is not { } repository)
        {
            return null;
        }

        var commit = await repository.FindAsync(Mark(decision), ct);
        if (commit is { } found)
        {
            await repository.RevertAsync(found, ct);
        }

        // Also of an earlier process, whose push had failed.
        if (await repository.IsRevertUnpublishedAsync(Mark(decision), ct))
        {
            if (decision.Push)
            {
                await repository.PushAsync(ct);
            }
            else if (decision.Owners.Count > 0)
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    "the commit of the run is taken back here and not yet where GitOps reads, so GitOps stays suspended",
                    "resumed now, it would apply what the run had committed",
                    $"{await repository.PushCommandAsync(ct)}, then: cnpg-restore runs undo {decision.Run} -n {decision.Namespace}");
            }
        }

        return commit?.ToString();
    }

    /// <summary>Null where the run commits nothing, or not on this machine.</summary>
    private async Task<GitRepository?> OpenAsync(CancellationToken ct) =>
        decision.Apply == ApplyMode.Git && decision.Files.Count > 0 && File.Exists(decision.Files[0]) ? await GitRepository.OfAsync(decision.Files[0], ct) : null;

    /// <summary>The line of the commit message by which it is found again.</summary>
    private static string Mark(ClusterDecision decision) => $"cnpg-restore run {decision.Run}";

    private async Task<string> CommitAsync(IReadOnlyList<string> files, string written, CancellationToken ct)
    {
        var repository = await GitRepository.OfAsync(files[0], ct);
        var outcome = written;
        if (await repository.HasChangesAsync(files, ct))
        {
            var message = $"{decision.CommitMessage}\n{Mark(decision)}";
            outcome = $"{written}; commit {await repository.CommitAsync([.. files.Select(Path.GetFullPath)], message, ct)}";
        }

        if (decision.Push && !await repository.IsPublishedAsync(ct))
        {
            await repository.PushAsync(ct);
            outcome += ", pushed";
        }

        IsPublished = await repository.IsPublishedAsync(ct);
        PushCommand = await repository.PushCommandAsync(ct);
        return outcome;
    }
}
