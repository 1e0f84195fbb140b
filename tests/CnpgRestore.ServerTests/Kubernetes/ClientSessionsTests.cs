using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.ServerTests.Runs;
using Npgsql;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Who counts as a client of a Cluster, asked of a real PostgreSQL over its socket, as the instances are asked.</summary>
public sealed class ClientSessionsTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cnpg_metrics_exporter", "cnpg_metrics_exporter", false)]
    [InlineData("cnpg_metrics_exporter", "", false)]
    [InlineData("postgres", "cnpg_metrics_exporter", false)]
    [InlineData("postgres", "cnpg-instance-manager", false)]
    [InlineData("postgres", "barman_cloud_backup", false)]
    [InlineData("postgres", "cnpg-restore, lock of a run", false)]
    [InlineData("postgres", "psql", true)]
    [InlineData("orders", "barman_cloud_backup", true)]
    [InlineData("orders", "cnpg_metrics_exporter", true)]
    public async Task What_CloudNativePG_itself_does_is_no_client(string user, string application, bool isClient)
    {
        await server.Postgres.ExecuteAsync("DROP ROLE IF EXISTS cnpg_metrics_exporter, orders; CREATE ROLE cnpg_metrics_exporter LOGIN IN ROLE pg_monitor; CREATE ROLE orders LOGIN", Ct);
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.Postgres.ConnectionString()) { Username = user, ApplicationName = application }.ConnectionString);
        await session.OpenAsync(Ct);

        Assert.Equal(isClient ? 1 : 0, await server.Postgres.QueryAsync<long>($"SELECT count(*) {ClusterSessions.Clients} AND pid = {session.ProcessID}", Ct));
    }
}
