using CnpgRestore.Databases;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Databases;

/// <summary>Over several sessions the planner learns what one ANALYZE tells it.</summary>
public sealed class StatisticsTests(TestBed bed)
{
    private const string Script = """
        CREATE SCHEMA "Odd ""one";
        CREATE TABLE "Odd ""one"."T" (id int, v text); INSERT INTO "Odd ""one"."T" SELECT g, 'v' || g % 7 FROM generate_series(1, 2000) g;
        CREATE INDEX ON "Odd ""one"."T" (lower(v));
        CREATE STATISTICS both_columns (dependencies) ON id, v FROM "Odd ""one"."T";
        CREATE TABLE parted (id int, v text) PARTITION BY RANGE (id);
        CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (id);
        CREATE TABLE part_1a PARTITION OF part_1 FOR VALUES FROM (0) TO (50); CREATE TABLE part_2 PARTITION OF parted FOR VALUES FROM (100) TO (1000);
        INSERT INTO parted SELECT g, 'x' FROM generate_series(1, 49) g; INSERT INTO parted SELECT g, 'x' FROM generate_series(100, 500) g;
        CREATE TABLE parent (id int); CREATE TABLE child () INHERITS (parent); INSERT INTO parent VALUES (1), (1); INSERT INTO child VALUES (2), (3);
        CREATE MATERIALIZED VIEW totals AS SELECT v, count(*) FROM parted GROUP BY 1;
        CREATE UNLOGGED TABLE quick AS SELECT 1 AS id; CREATE TABLE nothing (id int);
        """;

    // Which columns of which relations are known, with those of children and of expressions; extended ones too.
    private const string Known = """
        SELECT string_agg(entry, ' ' ORDER BY entry COLLATE "C") FROM (
            SELECT format('%s.%s.%s', starelid::regclass, staattnum, stainherit) AS entry FROM pg_statistic WHERE starelid >= 16384
            UNION ALL SELECT format('%s %s', e.stxname, d.stxdinherit) FROM pg_statistic_ext e JOIN pg_statistic_ext_data d ON d.stxoid = e.oid
            UNION ALL SELECT 'catalogs' FROM pg_statistic WHERE starelid = 'pg_attribute'::regclass HAVING count(*) > 0) x
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task As_much_is_known_as_after_one_analyze(int sessions)
    {
        var postgres = await bed.PostgresAsync(Ct);
        await using var expected = await TestDatabase.CreateAsync(postgres, $"{Script} ANALYZE;", Ct);
        await using var database = await TestDatabase.CreateAsync(postgres, Script, Ct);

        await new Statistics(database.Server, database.Name).GatherAsync(sessions, Ct);

        Assert.Equal(await expected.QueryAsync<string>(Known, Ct), await database.QueryAsync<string>(Known, Ct));
    }
}
