using CnpgRestore.Databases;
using CnpgRestore.Databases.Sequences;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Databases;

/// <summary>Sequences of every kind beside their columns, and after the repair an INSERT that works.</summary>
public sealed class SequenceTests(TestBed bed)
{
    // Each table has the rows 1 to 100 put in by value, as a dump without its SEQUENCE SET lines leaves them.
    private const string Zoo = """
        CREATE SCHEMA "Strange. 'schema'";
        CREATE TABLE serial_one (id serial PRIMARY KEY, v int);
        CREATE TABLE identity_one (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int);
        CREATE TABLE "Strange. 'schema'"."T (1)" ("Id _x_" serial PRIMARY KEY, v int);
        CREATE SEQUENCE shared; CREATE TABLE shared_a (id int DEFAULT nextval('shared') PRIMARY KEY); CREATE TABLE shared_b (id bigint DEFAULT nextval('shared') PRIMARY KEY);
        CREATE SEQUENCE down INCREMENT -1 MAXVALUE -1 START -1; CREATE TABLE downward (id int DEFAULT nextval('down') PRIMARY KEY);
        CREATE SEQUENCE by_text; CREATE TABLE late (id int DEFAULT nextval(('by_text'::text)::regclass) PRIMARY KEY);
        CREATE SEQUENCE odd INCREMENT 10 START 3; CREATE TABLE odd_one (id int DEFAULT nextval('odd') PRIMARY KEY);
        CREATE SEQUENCE small MAXVALUE 50; CREATE TABLE bounded (id int DEFAULT nextval('small') PRIMARY KEY);
        CREATE SEQUENCE round MAXVALUE 200 CYCLE; CREATE TABLE cycling (id int DEFAULT nextval('round'));
        CREATE TABLE empty_one (id serial PRIMARY KEY);
        CREATE TABLE ahead (id serial PRIMARY KEY); SELECT setval('ahead_id_seq', 5000);
        CREATE TABLE parted (id serial, v int) PARTITION BY RANGE (id); CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (0) TO (1000);
        CREATE TABLE computed (id int DEFAULT (nextval('shared') * 1000));
        INSERT INTO serial_one SELECT g, g FROM generate_series(1, 100) g;
        INSERT INTO identity_one OVERRIDING SYSTEM VALUE SELECT g, g FROM generate_series(1, 100) g;
        INSERT INTO "Strange. 'schema'"."T (1)" SELECT g, g FROM generate_series(1, 100) g;
        INSERT INTO shared_a SELECT g FROM generate_series(1, 60) g; INSERT INTO shared_b SELECT g FROM generate_series(61, 100) g;
        INSERT INTO downward SELECT -g FROM generate_series(1, 100) g; INSERT INTO late SELECT g FROM generate_series(1, 100) g;
        INSERT INTO odd_one VALUES (3), (13), (95); INSERT INTO bounded VALUES (7), (1000000); INSERT INTO cycling SELECT g FROM generate_series(1, 100) g;
        INSERT INTO ahead VALUES (1); INSERT INTO parted SELECT g, g FROM generate_series(1, 100) g; INSERT INTO computed VALUES (100000);
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_is_found_and_those_that_lag_are_named()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Zoo, Ct);
        await using var session = await DatabaseSession.OpenAsync(database.Server, database.Name, Ct);

        var found = (await new SequenceSurvey(session).ReadAsync(Ct)).ToDictionary(sequence => sequence.Name.ToString());

        Assert.Equal(100, found["public.serial_one_id_seq"].Needed);
        Assert.Equal(100, found["public.identity_one_id_seq"].Needed);
        Assert.Equal(100, found.Single(entry => entry.Key.StartsWith("\"Strange", StringComparison.Ordinal)).Value.Needed);
        Assert.Equal(100, found["public.shared"].Needed);
        Assert.Equal(["public.shared_a.id", "public.shared_b.id"], found["public.shared"].Uses.Select(use => use.ToString()));
        Assert.Equal(-100, found["public.down"].Needed);
        Assert.Equal(100, found["public.by_text"].Needed);
        Assert.Equal(103, found["public.odd"].Needed);
        Assert.Equal(7, found["public.small"].Needed);
        Assert.True(found["public.round"] is { Cycles: true, Needed: null, Extreme: 100 });
        Assert.Null(found["public.empty_one_id_seq"].Needed);
        Assert.Null(found["public.ahead_id_seq"].Needed);
        Assert.Equal(100, found["public.parted_id_seq"].Needed);
        Assert.Equal(12, found.Count);
    }

    [Fact]
    public async Task After_the_repair_every_table_takes_a_row_and_no_sequence_went_back()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Zoo, Ct);
        await using var session = await DatabaseSession.OpenAsync(database.Server, database.Name, Ct);
        var survey = new SequenceSurvey(session);

        await new SequenceFix(session).FixAsync(await survey.ReadAsync(Ct), Ct);

        Assert.DoesNotContain(await survey.ReadAsync(Ct), sequence => sequence.IsBehind);
        Assert.Equal(5001, await database.QueryAsync<long>("SELECT nextval('ahead_id_seq')", Ct));
        Assert.Equal(113, await database.QueryAsync<int>("INSERT INTO odd_one DEFAULT VALUES RETURNING id", Ct));
        Assert.Equal(-101, await database.QueryAsync<int>("INSERT INTO downward DEFAULT VALUES RETURNING id", Ct));
        foreach (var table in (string[])["serial_one", "identity_one", "\"Strange. 'schema'\".\"T (1)\"", "shared_a", "shared_b", "late", "bounded", "empty_one", "parted"])
        {
            await database.ExecuteAsync($"INSERT INTO {table} DEFAULT VALUES", Ct);
        }
    }

    [Fact]
    public async Task A_sequence_that_moved_on_meanwhile_is_not_set_back()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Zoo, Ct);
        await using var session = await DatabaseSession.OpenAsync(database.Server, database.Name, Ct);
        var found = (await new SequenceSurvey(session).ReadAsync(Ct)).Single(sequence => sequence.Name.Name == "serial_one_id_seq");
        await database.QueryAsync<long>("SELECT setval('serial_one_id_seq', 700)", Ct);

        Assert.Null(await new SequenceFix(session).FixAsync(found, Ct));

        Assert.Equal(701, await database.QueryAsync<long>("SELECT nextval('serial_one_id_seq')", Ct));
    }

    [Fact]
    public async Task While_a_sequence_is_set_nobody_else_takes_values_from_it()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Zoo, Ct);
        await using var proxy = new PostgresFaultProxy(database.Postgres);
        await using var server = new UrlServer(ServerUrl.Parse(proxy.UrlOf(database.Name)));
        await using var session = await DatabaseSession.OpenAsync(server, database.Name, Ct);
        var found = (await new SequenceSurvey(session).ReadAsync(Ct)).Single(sequence => sequence.Name.Name == "shared");
        Task<long>? taken = null;
        // It knows by now what is needed; a value that somebody took here would be given out twice.
        proxy.On("setval", Times.First(1), async _ =>
        {
            taken = database.QueryAsync<long>("SELECT nextval('shared')", Ct);
            while (!taken.IsCompleted && !await IsWaitingAsync())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), Ct);
            }
        });

        Assert.Equal(100, await new SequenceFix(session).FixAsync(found, Ct));

        Assert.Equal(101, await taken!);

        Task<bool> IsWaitingAsync() => database.QueryAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'SELECT nextval%')", Ct);
    }
}
