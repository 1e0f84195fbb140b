using CnpgRestore.Plans.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A database that receives from a publisher: PostgreSQL drops none with a subscription, and yet every run comes to its end.</summary>
public sealed class SubscriptionTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restored_database_with_subscriptions_is_committed_or_taken_back(bool isCommitted)
    {
        await using var scene = await SubscribedAsync();
        try
        {
            await scene.RestoreAsync(LoadEngine.Parallel);
            Assert.Equal(2, await CountAsync());

            if (!isCommitted)
            {
                await scene.EndAsync(undo => undo.PlanUndoAsync(Ct));
                Assert.True(await scene.Live.QueryAsync<bool>("SELECT subenabled FROM pg_subscription s JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database()", Ct));
            }

            await scene.EndAsync(undo => undo.PlanCommitAsync(Ct));

            Assert.Equal(1, await CountAsync());
            Assert.Equal(1L, await server.Postgres.QueryAsync<long>($"SELECT count(*) FROM pg_database WHERE datname LIKE '{scene.Live.Name}%'", Ct));
        }
        finally
        {
            await UnsubscribeAsync(scene.Live);
        }
    }

    [Fact]
    public async Task A_load_that_is_broken_behind_its_subscription_goes_on_and_one_beside_is_dropped()
    {
        await using var scene = await SubscribedAsync();
        try
        {
            scene.Proxy.On("count(*) FROM ONLY", Times.First(1), PostgresFaults.CutBefore);
            await scene.StopAsync(LoadEngine.Parallel);
            Assert.Equal(2, await CountAsync());

            scene.Proxy.Heal();
            await scene.EndAsync(undo => undo.PlanUndoAsync(Ct));

            Assert.Equal(1, await CountAsync());
        }
        finally
        {
            await UnsubscribeAsync(scene.Live);
        }
    }

    /// <summary>Its publisher does not answer, so a worker comes and goes all the time.</summary>
    private async Task<DumpScene> SubscribedAsync()
    {
        var scene = await DumpScene.CreateAsync(server.Postgres);
        await scene.Live.ExecuteAsync("CREATE SUBSCRIPTION \"from Far\" CONNECTION 'host=/nowhere dbname=far' PUBLICATION far WITH (connect = false, slot_name = far)", Ct);
        await File.WriteAllTextAsync(scene.Dump, await scene.Live.DumpAsync(Ct), Ct);
        await scene.Live.ExecuteAsync("ALTER SUBSCRIPTION \"from Far\" ENABLE", Ct);
        return scene;
    }

    private async Task<long> CountAsync() => await server.Postgres.QueryAsync<long>("SELECT count(*) FROM pg_subscription", Ct);

    private static async Task UnsubscribeAsync(TestDatabase database)
    {
        string[] statements = ["DISABLE", "SET (slot_name = NONE)"];
        foreach (var change in statements)
        {
            await database.ExecuteAsync($"ALTER SUBSCRIPTION \"from Far\" {change}", CancellationToken.None);
        }

        await database.ExecuteAsync("DROP SUBSCRIPTION \"from Far\"", CancellationToken.None);
    }
}
