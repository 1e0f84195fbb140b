namespace CnpgRestore.Tests;

/// <summary>With the real git: what counts as published, and where there is nowhere to push to.</summary>
public sealed class GitRepositoryTests : IDisposable
{
    private readonly GitHome _git = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repository_without_remotes_is_read_itself()
    {
        var repository = await _git.CreateAsync(Ct);

        Assert.True(await repository.IsPublishedAsync(Ct));
        var obstacle = await repository.FindPushObstacleAsync(Ct);
        Assert.Contains("branch main of", obstacle!.Message, StringComparison.Ordinal);
        Assert.Equal("the repository has no remote", obstacle.Detail);
    }

    [Fact]
    public async Task A_fresh_branch_is_published_when_it_was_pushed_and_not_before()
    {
        var repository = await _git.CreateAsync(Ct);
        await _git.AddRemoteAsync(Ct);

        Assert.False(await repository.IsPublishedAsync(Ct));
        var obstacle = await repository.FindPushObstacleAsync(Ct);
        Assert.Contains("has no upstream", obstacle!.Message, StringComparison.Ordinal);
        Assert.StartsWith("git push -u origin main, or leave --push out", obstacle.Hint, StringComparison.Ordinal);

        await _git.RunAsync(Ct, "push", "--quiet", "-u", "origin", "main");

        Assert.True(await repository.IsPublishedAsync(Ct));
        Assert.Null(await repository.FindPushObstacleAsync(Ct));
        Assert.Equal("git push", await repository.PushCommandAsync(Ct));
        await _git.RunAsync(Ct, "commit", "--quiet", "--allow-empty", "--message", "next");
        Assert.False(await repository.IsPublishedAsync(Ct));
    }

    [Fact]
    public async Task A_detached_head_is_published_when_a_branch_of_a_remote_holds_it()
    {
        var repository = await _git.CreateAsync(Ct);
        await _git.AddRemoteAsync(Ct);
        await _git.RunAsync(Ct, "checkout", "--quiet", "--detach");

        Assert.False(await repository.IsPublishedAsync(Ct));
        Assert.Contains("is on no branch", (await repository.FindPushObstacleAsync(Ct))!.Message, StringComparison.Ordinal);
        Assert.Equal("git push origin HEAD:refs/heads/BRANCH", await repository.PushCommandAsync(Ct));

        await _git.RunAsync(Ct, "push", "--quiet", "origin", "HEAD:refs/heads/main");

        Assert.True(await repository.IsPublishedAsync(Ct));
    }

    public void Dispose() => _git.Dispose();
}
