namespace CnpgRestore.TestServers;

/// <summary>A Git repository with files, branch <c>main</c>, gone after disposal.</summary>
public sealed class GitFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new("git");

    public string Path => _folder.Path;

    /// <summary>As a GitRepository of Flux or an Application of Argo CD names it.</summary>
    public string Url => $"file://{_folder.Path}";

    public static async Task<GitFolder> CreateAsync(CancellationToken ct)
    {
        var git = new GitFolder();
        await git.GitAsync(ct, "init", "--quiet", "--initial-branch", "main");
        await git.GitAsync(ct, "config", "user.name", "Test");
        await git.GitAsync(ct, "config", "user.email", "test@example.org");
        return git;
    }

    /// <summary>Writes a file and commits it; returns the commit's hash.</summary>
    public async Task<string> CommitAsync(string file, string text, CancellationToken ct)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        await File.WriteAllLinesAsync(path, [text], ct);
        await GitAsync(ct, "add", "--", file);
        await GitAsync(ct, "commit", "--quiet", "--message", $"Write {file}");
        return (await GitAsync(ct, "rev-parse", "HEAD")).Trim();
    }

    public async Task<string> GitAsync(CancellationToken ct, params string[] arguments) =>
        (await ToolProcess.RunAsync(new ToolCommand("git", ["-C", Path, .. arguments]), ct)).Succeeded().Output;

    public void Dispose() => _folder.Dispose();
}
