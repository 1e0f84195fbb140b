using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A dump as pg_dump wrote it before 10.3: the search path says in which schema its names are.</summary>
public sealed class OldDumpTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    private const string Dump = """
        --
        -- PostgreSQL database dump
        --

        -- Dumped from database version 9.6.7
        -- Dumped by pg_dump version 9.6.7

        SET statement_timeout = 0;
        SET client_encoding = 'UTF8';
        SET standard_conforming_strings = on;
        CREATE SCHEMA sales;
        ALTER SCHEMA sales OWNER TO postgres;
        SET search_path = public, pg_catalog;
        CREATE TABLE orders (id integer NOT NULL, note text);
        ALTER TABLE orders OWNER TO postgres;
        SET search_path = sales, pg_catalog;
        CREATE TABLE orders (id integer NOT NULL);
        ALTER TABLE orders OWNER TO postgres;
        CREATE TABLE customers (id integer NOT NULL);
        SET search_path = public, pg_catalog;
        COPY orders (id, note) FROM stdin;
        1	one
        \.
        SET search_path = sales, pg_catalog;
        COPY orders (id) FROM stdin;
        1
        2
        \.
        INSERT INTO customers VALUES (1);
        SET search_path = public, pg_catalog;
        ALTER TABLE ONLY orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
        SET search_path = sales, pg_catalog;
        ALTER TABLE ONLY orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

        --
        -- PostgreSQL database dump complete
        --

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LoadEngine.Parallel)]
    [InlineData(LoadEngine.Psql)]
    public async Task Its_tables_are_found_where_it_has_put_them(LoadEngine engine)
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        await File.WriteAllTextAsync(scene.Dump, Dump, Ct);

        var result = await scene.RestoreAsync(engine);

        Assert.Equal((4L, 3), (result.Verification!.Rows, result.Verification.Tables));
        Assert.Equal("1 2 1", await scene.Live.QueryAsync<string>("SELECT concat_ws(' ', (SELECT count(*) FROM public.orders), (SELECT count(*) FROM sales.orders), (SELECT count(*) FROM sales.customers))", Ct));
        Assert.Equal(2L, await scene.Live.QueryAsync<long>("SELECT count(*) FROM pg_constraint WHERE conname = 'orders_pkey'", Ct));
    }
}
