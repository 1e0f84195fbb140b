using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>Roles that CloudNativePG makes when it needs them, where a dump needs them earlier.</summary>
public sealed class OperatorRoleTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_made_as_it_makes_them_and_one_that_is_there_is_left_alone()
    {
        await server.Postgres.ExecuteAsync("CREATE ROLE cnpg_metrics_exporter NOLOGIN", Ct);
        await using var scene = await DumpScene.CreateAsync(server.Postgres);

        await scene.RestoreAsync(LoadEngine.Parallel, LoadStrategy.Swap, "cnpg_pooler_pgbouncer", "cnpg_metrics_exporter");

        Assert.Equal(
            "cnpg_metrics_exporter f f, cnpg_pooler_pgbouncer t f",
            await server.Postgres.QueryAsync<string>("SELECT string_agg(concat_ws(' ', rolname, rolcanlogin, rolsuper), ', ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'cnpg%'", Ct));
    }
}
