namespace CnpgRestore.Tests;

/// <summary>With the real git: what counts as published, and where there is nowhere to push to.</summary>
public sealed class GitRepositoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-git-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Home => Path.Combine(_folder.FullName, "home");

    [Fact]
    public async Task A_repository_without_remotes_is_read_itself()
    {
        var repository = await CreateAsync();

        Assert.True(await repository.IsPublishedAsync(Ct));
        var obstacle = await repository.FindPushObstacleAsync(Ct);
        Assert.Contains("branch main of", obstacle!.Message, StringComparison.Ordinal);
        Assert.Equal("the repository has no remote", obstacle.Detail);
    }

    [Fact]
    public async Task A_fresh_branch_is_published_when_it_was_pushed_and_not_before()
    {
        var repository = await CreateAsync();
        await AddRemoteAsync();

        Assert.False(await repository.IsPublishedAsync(Ct));
        var obstacle = await repository.FindPushObstacleAsync(Ct);
        Assert.Contains("has no upstream", obstacle!.Message, StringComparison.Ordinal);
        Assert.StartsWith("git push -u origin main, or leave --push out", obstacle.Hint, StringComparison.Ordinal);

        await GitAsync("push", "--quiet", "-u", "origin", "main");

        Assert.True(await repository.IsPublishedAsync(Ct));
        Assert.Null(await repository.FindPushObstacleAsync(Ct));
        Assert.Equal("git push", await repository.PushCommandAsync(Ct));
        await GitAsync("commit", "--quiet", "--allow-empty", "--message", "next");
        Assert.False(await repository.IsPublishedAsync(Ct));
    }

    [Fact]
    public async Task A_detached_head_is_published_when_a_branch_of_a_remote_holds_it()
    {
        var repository = await CreateAsync();
        await AddRemoteAsync();
        await GitAsync("checkout", "--quiet", "--detach");

        Assert.False(await repository.IsPublishedAsync(Ct));
        Assert.Contains("is on no branch", (await repository.FindPushObstacleAsync(Ct))!.Message, StringComparison.Ordinal);
        Assert.Equal("git push origin HEAD:refs/heads/BRANCH", await repository.PushCommandAsync(Ct));

        await GitAsync("push", "--quiet", "origin", "HEAD:refs/heads/main");

        Assert.True(await repository.IsPublishedAsync(Ct));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<GitRepository> CreateAsync()
    {
        Directory.CreateDirectory(Home);
        await GitAsync("init", "--quiet", "--initial-branch", "main");
        await GitAsync("config", "user.name", "Test");
        await GitAsync("config", "user.email", "test@example.org");
        await GitAsync("commit", "--quiet", "--allow-empty", "--message", "first");
        return await GitRepository.OfAsync(Path.Combine(Home, "cluster.yaml"), Ct);
    }

    private async Task AddRemoteAsync()
    {
        var remote = Path.Combine(_folder.FullName, "remote.git");
        await GitAsync("init", "--quiet", "--bare", "--initial-branch", "main", remote);
        await GitAsync("remote", "add", "origin", remote);
    }

    private async Task GitAsync(params string[] arguments)
    {
        var run = await ProgramRun.RunAsync("git", arguments, Ct, Home);
        Assert.True(run.ExitCode == 0, run.Errors);
    }
}
