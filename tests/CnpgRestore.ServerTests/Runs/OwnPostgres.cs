using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A PostgreSQL of the test class: others must not feel its crashes.</summary>
public sealed class OwnPostgres : IAsyncLifetime
{
    public PostgresServer Postgres { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Postgres = await PostgresServer.CreateAsync(
        // It would give the room of deleted rows back at a moment that no test chooses.
        new PostgresOptions { Settings = new Dictionary<string, string> { ["autovacuum"] = "off" } }, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();
}
