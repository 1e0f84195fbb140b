using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A load into the live database leaves everything alone that the dump does not hold.</summary>
public sealed class LiveAppendTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_is_in_use_goes_back_and_what_was_not_valid_before_is_no_difference()
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        await scene.Live.ExecuteAsync("CREATE SEQUENCE inv; CREATE SEQUENCE down INCREMENT -1; CREATE SEQUENCE early; CREATE TABLE items (id serial, v text)", Ct);
        await scene.Live.ExecuteAsync("SELECT setval('inv', 1500), setval('down', -20), setval('early', 70); INSERT INTO items (v) VALUES ('a'), ('b')", Ct);
        await File.WriteAllTextAsync(scene.Dump, await scene.Live.DumpAsync(Ct, "--data-only", "-t", "inv", "-t", "down", "-t", "early", "-t", "items"), Ct);
        await scene.Live.ExecuteAsync(
            """
            SELECT setval('inv', 5000), setval('down', -10), setval('early', 70, false); ALTER TABLE customers ADD CONSTRAINT later CHECK (id > 0) NOT VALID;
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_customer_idx'::regclass;
            INSERT INTO customers VALUES (2147483646, 'mark'); SELECT setval('customers_id_seq', 50); SELECT setval('items_id_seq', 900)
            """, Ct);

        var result = await scene.RestoreAsync(LoadEngine.Psql, LoadStrategy.Append);

        Assert.Empty(result.Verification!.Differences);
        Assert.Equal("5001 -21 71 51 901", await scene.Live.QueryAsync<string>(
            "SELECT concat_ws(' ', nextval('inv'), nextval('down'), nextval('early'), nextval('customers_id_seq'), nextval('items_id_seq'))", Ct));
        Assert.Equal(4L, await scene.Live.QueryAsync<long>("SELECT count(*) FROM items", Ct));
    }
}
