namespace CnpgRestore.Tests;

/// <summary>A repository of its own, with one commit, through the real git.</summary>
sealed class GitHome : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-git-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "home");

    public async Task<GitRepository> CreateAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Path);
        await RunAsync(ct, "init", "--quiet", "--initial-branch", "main");
        await RunAsync(ct, "config", "user.name", "Test");
        await RunAsync(ct, "config", "user.email", "test@example.org");
        await RunAsync(ct, "commit", "--quiet", "--allow-empty", "--message", "first");
        return await GitRepository.OfAsync(System.IO.Path.Combine(Path, "cluster.yaml"), ct);
    }

    public async Task AddRemoteAsync(CancellationToken ct)
    {
        var remote = System.IO.Path.Combine(_folder.FullName, "remote.git");
        await RunAsync(ct, "init", "--quiet", "--bare", "--initial-branch", "main", remote);
        await RunAsync(ct, "remote", "add", "origin", remote);
    }

    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(content));
        return path;
    }

    public async Task<string> RunAsync(CancellationToken ct, params string[] arguments)
    {
        var run = await ProgramRun.RunAsync("git", arguments, ct, Path);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
