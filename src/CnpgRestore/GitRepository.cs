namespace CnpgRestore;

/// <summary>The repository around some files, through the git program itself: people's signing, hooks and credentials live there.</summary>
sealed class GitRepository
{
    private readonly string _root;

    private GitRepository(string root) => _root = root;

    /// <exception cref="RestoreException">The file is in no repository, or git is not installed.</exception>
    public static async Task<GitRepository> OfAsync(string file, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var found = await RunAsync(folder, ["rev-parse", "--show-toplevel"], ct);
        return found.ExitCode == 0
            ? new GitRepository(found.Output.Trim())
            : throw new RestoreException(ProblemCode.Refused, $"{file} is in no Git repository", found.Errors.Trim(), "use --apply api, or --apply none");
    }

    /// <summary>Of these files, those that differ from the last commit.</summary>
    public async Task<bool> HasChangesAsync(IReadOnlyList<string> files, CancellationToken ct) =>
        (await DemandAsync(["status", "--porcelain", "--", .. files], ct)).Trim().Length > 0;

    /// <summary>Commits these files alone, whatever else is staged.</summary>
    /// <returns>The commit, abbreviated.</returns>
    public async Task<string> CommitAsync(IReadOnlyList<string> files, string message, CancellationToken ct)
    {
        await DemandAsync(["add", "--", .. files], ct);
        await DemandAsync(["commit", "--quiet", "--message", message, "--", .. files], ct);
        return await HeadAsync(ct);
    }

    public async Task<string> HeadAsync(CancellationToken ct) => (await DemandAsync(["rev-parse", "--short", "HEAD"], ct)).Trim();

    /// <summary>
    /// What GitOps reads holds this commit: the upstream branch, or where there is none, some branch of a remote. A repository without remotes is read
    /// itself.
    /// </summary>
    public async Task<bool> IsPublishedAsync(CancellationToken ct)
    {
        var ahead = await RunAsync(_root, ["rev-list", "--count", "@{upstream}..HEAD"], ct);
        if (ahead.ExitCode == 0)
        {
            return ahead.Output.Trim() == "0";
        }

        return (await RemotesAsync(ct)).Count == 0
            || await IsOnRemoteAsync("HEAD", ct);
    }

    /// <summary>Why <see cref="PushAsync"/> would not know where to push to; null where it does.</summary>
    public async Task<Problem?> FindPushObstacleAsync(CancellationToken ct)
    {
        if (await HasUpstreamAsync(ct))
        {
            return null;
        }

        var branch = await BranchAsync(ct);
        var remotes = await RemotesAsync(ct);
        return new Problem(
            ProblemCode.Refused,
            branch is null ? $"the repository {_root} is on no branch, so --push has nowhere to push to" : $"branch {branch} of {_root} has no upstream, so --push has nowhere to push to",
            remotes.Count == 0 ? "the repository has no remote" : branch is null ? "its HEAD is detached" : $"its remotes: {string.Join(", ", remotes)}",
            branch is null
                ? "git switch to a branch that has an upstream, or leave --push out and publish the commit by hand"
                : $"{await PushCommandAsync(ct)}, or leave --push out and publish the commit by hand");
    }

    /// <summary>What a person types to publish the commit.</summary>
    public async Task<string> PushCommandAsync(CancellationToken ct)
    {
        if (await HasUpstreamAsync(ct))
        {
            return "git push";
        }

        var remotes = await RemotesAsync(ct);
        var remote = remotes.Count == 0 || remotes.Contains("origin") ? "origin" : remotes[0];
        return await BranchAsync(ct) is { } branch ? $"git push -u {remote} {branch}" : $"git push {remote} HEAD:refs/heads/BRANCH";
    }

    /// <summary>The newest commit whose message has a line; null where there is none, or it was reverted already.</summary>
    public async Task<GitCommit?> FindAsync(string line, CancellationToken ct)
    {
        return await NewestAsync(line, ct) is { } found && await NewestAsync(Reverts(found), ct) is null ? new GitCommit(found) : null;
    }

    /// <summary>Whether a remote holds the newest commit whose message has a line, and not yet the one that reverts it.</summary>
    public async Task<bool> IsRevertUnpublishedAsync(string line, CancellationToken ct) =>
        await NewestAsync(line, ct) is { } found && await IsOnRemoteAsync(found, ct) && await NewestAsync(Reverts(found), ct) is { } revert && !await IsOnRemoteAsync(revert, ct);

    public Task RevertAsync(GitCommit commit, CancellationToken ct) => DemandAsync(["revert", "--no-edit", commit.Hash], ct);

    public Task PushAsync(CancellationToken ct) => DemandAsync(["push", "--quiet"], ct);

    // As git revert writes it.
    private static string Reverts(string hash) => $"This reverts commit {hash}";

    /// <summary>In full, of the newest commit whose message has a line.</summary>
    private async Task<string?> NewestAsync(string line, CancellationToken ct) =>
        (await DemandAsync(["log", "--fixed-strings", "--grep", line, "--max-count", "1", "--format=%H"], ct)).Trim() is { Length: > 0 } hash ? hash : null;

    private async Task<bool> IsOnRemoteAsync(string commit, CancellationToken ct) =>
        (await DemandAsync(["for-each-ref", "--count=1", "--contains", commit, "refs/remotes"], ct)).Trim().Length > 0;

    private async Task<bool> HasUpstreamAsync(CancellationToken ct) => (await RunAsync(_root, ["rev-parse", "--verify", "--quiet", "@{upstream}"], ct)).ExitCode == 0;

    /// <summary>Null where HEAD is detached.</summary>
    private async Task<string?> BranchAsync(CancellationToken ct) =>
        await RunAsync(_root, ["symbolic-ref", "--short", "--quiet", "HEAD"], ct) is { ExitCode: 0 } found ? found.Output.Trim() : null;

    private async Task<IReadOnlyList<string>> RemotesAsync(CancellationToken ct) =>
        (await DemandAsync(["remote"], ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<string> DemandAsync(string[] arguments, CancellationToken ct)
    {
        var run = await RunAsync(_root, arguments, ct);
        return run.ExitCode == 0
            ? run.Output
            : throw new RestoreException(ProblemCode.Stopped, $"git {arguments[0]} failed in {_root}", (run.Errors + run.Output).Trim(), "fix it there, then run the same command again");
    }

    private static async Task<ProgramRun> RunAsync(string folder, string[] arguments, CancellationToken ct)
    {
        try
        {
            return await ProgramRun.RunAsync("git", arguments, ct, folder);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new RestoreException(ProblemCode.Refused, "git is not installed", e.Message, "install git, or use --apply api", e);
        }
    }
}

/// <param name="Hash">In full.</param>
readonly record struct GitCommit(string Hash)
{
    public override string ToString() => Hash[..10];
}
