namespace CnpgRestore.ServerTests.Dumps;

/// <summary>What stands between statements holds for those that follow it, whatever is sent in one go or taken apart.</summary>
public sealed class LoadOrderTests(LoadScene scene) : IClassFixture<LoadScene>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_setting_within_a_transaction_of_the_dump_holds_for_what_follows_it()
    {
        // As pg_restore --single-transaction writes it, and as people wrap a dump.
        var dump = await scene.WriteAsync(
            """
            --
            -- PostgreSQL database dump
            --
            BEGIN;
            SET check_function_bodies = false;
            CREATE FUNCTION public.early() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM sales.late';
            CREATE SCHEMA sales;
            SET search_path = sales, pg_catalog;
            CREATE TABLE late (id integer);
            SET SESSION AUTHORIZATION zoo_owner;
            SELECT pg_catalog.lo_create('4711');
            RESET SESSION AUTHORIZATION;
            INSERT INTO late VALUES (1);
            SET search_path = public, pg_catalog;
            CREATE TABLE beside (id integer);
            COPY beside (id) FROM stdin;
            2
            \.
            COMMIT;
            --
            -- PostgreSQL database dump complete
            --

            """u8.ToArray(),
            Ct);
        var target = await scene.NewDatabaseAsync(Ct);

        await scene.LoadAsync(dump, target, Ct);

        Assert.Equal("1 1 2 zoo_owner", await scene.Postgres.QueryAsync<string>(
            "SELECT concat_ws(' ', (SELECT id FROM sales.late), public.early(), (SELECT id FROM public.beside), (SELECT lomowner::regrole FROM pg_largeobject_metadata))", Ct, target));
    }

    [Fact]
    public async Task A_key_of_a_partitioned_table_without_partitions_is_added_in_one_statement()
    {
        var source = await scene.NewDatabaseAsync(Ct);
        (await scene.Postgres.PsqlAsync(
            """
            CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers VALUES (1);
            CREATE TABLE later (id int PRIMARY KEY) PARTITION BY RANGE (id);
            CREATE TABLE events (at date, customer int REFERENCES customers, other int REFERENCES later) PARTITION BY RANGE (at);
            CREATE TABLE orders (customer int REFERENCES customers, other int REFERENCES later);
            """,
            Ct,
            source)).Succeeded();
        var target = await scene.NewDatabaseAsync(Ct);

        await scene.LoadAsync(await scene.DumpAsync(source, Ct), target, Ct);

        Assert.Equal(await scene.ContentAsync(source, Ct), await scene.ContentAsync(target, Ct));
    }
}
