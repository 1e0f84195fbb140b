namespace CnpgRestore.Runs;

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

    /// <summary>What GitOps reads: the upstream branch holds this commit, or there is no upstream and the repository itself is read.</summary>
    public async Task<bool> IsPublishedAsync(CancellationToken ct)
    {
        var ahead = await RunAsync(_root, ["rev-list", "--count", "@{upstream}..HEAD"], ct);
        return ahead.ExitCode != 0 || ahead.Output.Trim() == "0";
    }

    /// <summary>The newest commit whose message has a line; null where there is none, or it was reverted already.</summary>
    public async Task<GitCommit?> FindAsync(string line, CancellationToken ct)
    {
        var found = (await DemandAsync(["log", "--fixed-strings", "--grep", line, "--max-count", "1", "--format=%H"], ct)).Trim();
        var undone = found.Length > 0 && (await DemandAsync(["log", "--fixed-strings", "--grep", $"This reverts commit {found}", "--max-count", "1", "--format=%h"], ct)).Trim().Length > 0;
        return found.Length == 0 || undone ? null : new GitCommit(found);
    }

    public Task RevertAsync(GitCommit commit, CancellationToken ct) => DemandAsync(["revert", "--no-edit", commit.Hash], ct);

    public Task PushAsync(CancellationToken ct) => DemandAsync(["push", "--quiet"], ct);

    private async Task<string> DemandAsync(string[] arguments, CancellationToken ct)
    {
        var run = await RunAsync(_root, arguments, ct);
        return run.ExitCode == 0
            ? run.Output
            : throw new RestoreException(ProblemCode.Stopped, $"git {arguments[0]} failed in {_root}", (run.Errors + run.Output).Trim(), "mend it there, then run the same command again");
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
