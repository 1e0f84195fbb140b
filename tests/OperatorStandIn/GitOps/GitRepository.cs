using System.Diagnostics;

namespace CnpgRestore.OperatorStandIn.GitOps;

/// <summary>What a local Git repository, bare or with files, has committed on a branch.</summary>
/// <param name="Folder">Of the repository; from a <c>file://</c> URL.</param>
/// <param name="Reference">A branch, or HEAD.</param>
sealed record GitRepository(string Folder, string Reference)
{
    public static GitRepository At(string url, string? reference) => new(new Uri(url).LocalPath, reference is null or "" ? "HEAD" : reference);

    /// <summary>The commit's full hash.</summary>
    public async Task<string> CommitAsync(CancellationToken ct) => (await GitAsync(ct, "rev-parse", Reference)).Trim();

    /// <summary>The branch's name, also where HEAD stands for it.</summary>
    public async Task<string> BranchAsync(CancellationToken ct) =>
        Reference == "HEAD" ? (await GitAsync(ct, "symbolic-ref", "--short", "HEAD")).Trim() : Reference;

    /// <summary>Paths of all files, from the repository's root.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync(string commit, CancellationToken ct) =>
        (await GitAsync(ct, "ls-tree", "-r", "--name-only", commit)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task<string> ReadAsync(string commit, string file, CancellationToken ct) => GitAsync(ct, "show", $"{commit}:{file}");

    private async Task<string> GitAsync(CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", Folder, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Git looks only into repositories of its own user, unless told so by environment; they belong to whoever runs the tests.
        start.Environment["GIT_CONFIG_COUNT"] = "1";
        start.Environment["GIT_CONFIG_KEY_0"] = "safe.directory";
        start.Environment["GIT_CONFIG_VALUE_0"] = "*";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var error = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0 ? output : throw new GitOpsException($"git {string.Join(' ', arguments)}: {(await error).Trim()}");
    }
}

/// <summary>Why a source cannot be applied; it stands in the status of the object that asked for it.</summary>
sealed class GitOpsException(string message) : Exception(message);
