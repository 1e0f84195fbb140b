using CnpgRestore.Databases;
using CnpgRestore.Databases.Verification;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Postgres;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Databases;

/// <summary>A database beside its own dump: no difference, until something is changed.</summary>
public sealed class VerificationTests(TestBed bed)
{
    private const string Shop = """
        CREATE EXTENSION citext;
        CREATE SCHEMA sales;
        CREATE TABLE sales.customers (id serial PRIMARY KEY, name citext);
        CREATE TABLE sales.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES sales.customers, at date) ;
        CREATE TABLE parted (id int, v text) PARTITION BY RANGE (id);
        CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (0) TO (100); CREATE TABLE part_2 PARTITION OF parted FOR VALUES FROM (100) TO (1000);
        CREATE TABLE parent (id int); CREATE TABLE child () INHERITS (parent);
        CREATE TABLE nothing (id int);
        INSERT INTO sales.customers (name) SELECT 'c' || g FROM generate_series(1, 100) g;
        INSERT INTO sales.orders (customer, at) SELECT 1 + g % 100, '2026-01-01' FROM generate_series(1, 1000) g;
        INSERT INTO parted SELECT g, 'x' FROM generate_series(1, 500) g; INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2), (3);
        CREATE MATERIALIZED VIEW sales.totals AS SELECT customer, count(*) FROM sales.orders GROUP BY 1;
        ALTER TABLE sales.orders ADD CONSTRAINT later CHECK (at > '2020-01-01') NOT VALID;
        CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE away (id int) SERVER far;
        ALTER FOREIGN TABLE away ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
        CREATE TABLE months (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE month_1 PARTITION OF months FOR VALUES FROM (0) TO (100);
        CREATE TABLE points (month int); ALTER TABLE points ADD CONSTRAINT to_month FOREIGN KEY (month) REFERENCES months NOT VALID;
        ANALYZE;
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Changes => new()
    {
        { "DELETE FROM sales.orders WHERE id = 7", "rows sales.orders" },
        { "INSERT INTO parent VALUES (4)", "rows public.parent" },
        { "DELETE FROM parted WHERE id = 200", "rows public.part_2" },
        { "DROP TABLE nothing", "table public.nothing" },
        { "ALTER TABLE nothing OWNER TO pg_monitor", "owner public.nothing" },
        { "ALTER TABLE sales.customers ADD CONSTRAINT strange CHECK (id > 0) NOT VALID", "constraint sales.customers" },
        { "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sales.customers_pkey'::regclass", "index sales.customers_pkey" },
        { "SELECT setval('sales.customers_id_seq', 50)", "sequence sales.customers_id_seq" },
        { "DELETE FROM pg_statistic WHERE starelid = 'sales.orders'::regclass", "statistics sales.orders" },
    };

    [Fact]
    public async Task Beside_its_own_dump_nothing_differs_whatever_the_format()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Shop, Ct);
        foreach (var format in (string[])["-Fp", "-Fc", "-Ft"])
        {
            var result = await new DatabaseVerification(database.Server, database.Name).RunAsync(await DumpedAsync(database, format), [], null, Ct);

            Assert.Empty(result.Differences);
            Assert.Equal((9, 1603), (result.Tables, result.Rows));
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task What_changed_since_is_named_and_nothing_else(string change, string difference)
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Shop, Ct);
        var expected = await DumpedAsync(database, "-Fp");
        await database.ExecuteAsync(change, Ct);

        var result = await new DatabaseVerification(database.Server, database.Name).RunAsync(expected, [], null, Ct);

        Assert.Equal([difference], result.Differences.Select(found => $"{found.Kind} {found.Subject}"));
    }

    [Fact]
    public async Task What_a_load_that_stopped_behind_the_rows_has_left_out_is_named()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), $"""
            {Shop}
            CREATE VIEW sales.big AS SELECT * FROM sales.orders; CREATE SEQUENCE sales.numbers;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER "On change" BEFORE UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION touch();
            CREATE POLICY own ON parent USING (true); SELECT lo_create(0), lo_create(0);
            SELECT format('CREATE INDEX many_%s ON parent (id)', g) FROM generate_series(1, 11) g \gexec
            """, Ct);
        var expected = await DumpedAsync(database, "-Fp");
        var verification = () => new DatabaseVerification(database.Server, database.Name).RunAsync(expected, [], null, Ct);
        Assert.Empty((await verification()).Differences);
        await database.ExecuteAsync(
            """
            ALTER TABLE sales.orders DROP CONSTRAINT orders_customer_fkey; DROP VIEW sales.big; DROP SEQUENCE sales.numbers; DROP TRIGGER "On change" ON parent; DROP POLICY own ON parent;
            SELECT lo_unlink((SELECT min(oid) FROM pg_largeobject_metadata)); DROP TABLE parent CASCADE; CREATE TABLE parent (id int); INSERT INTO parent VALUES (1); ANALYZE parent; CREATE TABLE child (id int);
            INSERT INTO child VALUES (2), (3); ANALYZE child; DROP TABLE sales.customers
            """, Ct);

        var differences = (await verification()).Differences.Select(difference => $"{difference.Kind} {difference.Subject}: {difference.Detail}").ToList();

        Assert.Equal(
            [
                "constraint sales.orders: orders_customer_fkey is missing", "index ...: 3 more are missing", "large objects pg_largeobject_metadata: 1 large objects instead of 2", "policy public.parent: own is missing",
                "sequence sales.customers_id_seq: is missing", "sequence sales.numbers: is missing", "table sales.customers: is missing; 100 rows are expected in it", "trigger public.parent: \"On change\" is missing", "view sales.big: is missing",
            ],
            differences.Where(difference => !difference.StartsWith("index public.many_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(8, differences.Count(difference => difference.StartsWith("index public.many_", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Rows_of_a_foreign_table_are_not_asked_for()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Shop, Ct);
        var expected = new Expectation([new ExpectedTable(new QualifiedName("public", "away"), 5, null)], [], ["later", "positive", "to_month"]);

        Assert.Empty((await new DatabaseVerification(database.Server, database.Name).RunAsync(expected, [], null, Ct)).Differences);
    }

    [Fact]
    public async Task A_missing_extension_is_named()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), "SELECT 1;", Ct);

        var result = await new DatabaseVerification(database.Server, database.Name).RunAsync(new Expectation([], ["citext"], []), [], null, Ct);

        Assert.Equal([new Difference("extension", "citext", "is missing")], result.Differences);
    }

    [Fact]
    public async Task A_baseline_is_read_back_and_compared_with()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Shop, Ct);
        using var folder = new TemporaryFolder("baseline");
        var path = Path.Combine(folder.Path, "before.json");
        await using (var session = await DatabaseSession.OpenAsync(database.Server, database.Name, Ct))
        {
            await (await new Relations(session).TakeBaselineAsync(TimeProvider.System, null, Ct)).WriteAsync(path, Ct);
        }

        var expected = Expectation.Of(await Baseline.ReadAsync(path, Ct));
        Assert.Empty((await new DatabaseVerification(database.Server, database.Name).RunAsync(expected, [], null, Ct)).Differences);
        await database.ExecuteAsync("REFRESH MATERIALIZED VIEW sales.totals WITH NO DATA; TRUNCATE sales.orders", Ct);

        var result = await new DatabaseVerification(database.Server, database.Name).RunAsync(expected, [], null, Ct);

        Assert.Equal(["rows sales.orders", "table sales.totals"], result.Differences.Select(found => $"{found.Kind} {found.Subject}"));
    }

    [Fact]
    public async Task Sql_checks_are_asked_with_the_search_path_of_the_database_and_without_its_limits_of_time()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Shop, Ct);
        await database.ExecuteAsync($"ALTER DATABASE {database.Name} SET statement_timeout TO '50ms'", Ct);
        var checks = SqlCheck.Parse("SELECT true FROM pg_sleep(0.2);\nSELECT count(*) = 2 FROM child;\nSELECT count(*) = 3 FROM child;\nSELECT no_such();\n", database.Name);

        var result = await new DatabaseVerification(database.Server, database.Name).RunAsync(null, checks, null, Ct);

        Assert.Equal(["gives false", "gives function no_such() does not exist"], result.Differences.Where(found => found.Kind == "sql").Select(found => found.Detail));
    }

    private static async Task<Expectation> DumpedAsync(TestDatabase database, string format)
    {
        using var folder = new TemporaryFolder("dump");
        await PostgresUser.OwnAsync(folder.Path, Ct);
        var path = Path.Combine(folder.Path, "app");
        await database.DumpAsync(Ct, format, "-f", path);
        var inspection = await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(path, Ct), null, Ct);
        Assert.True(inspection.IsComplete, inspection.Reason);
        return Expectation.Of(inspection.Find(database.Name)!);
    }
}
