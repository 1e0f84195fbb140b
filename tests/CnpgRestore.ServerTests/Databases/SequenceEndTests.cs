using CnpgRestore.Databases;
using CnpgRestore.Databases.Sequences;
using CnpgRestore.Postgres;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Databases;

/// <summary>Sequences that a repair could harm, or that it must not ask for.</summary>
public sealed class SequenceEndTests(TestBed bed)
{
    // The numbers at the end are those that applications write as a mark. Without a handler, the other server never answers.
    private const string Zoo = """
        CREATE TABLE marked (id serial PRIMARY KEY); INSERT INTO marked SELECT generate_series(1, 5); INSERT INTO marked VALUES (2147483647); SELECT setval('marked_id_seq', 5);
        CREATE TABLE lagging (id serial PRIMARY KEY); INSERT INTO lagging SELECT generate_series(1, 100); INSERT INTO lagging VALUES (2147483647);
        CREATE SEQUENCE down INCREMENT -10 MAXVALUE -1 MINVALUE -50 START -3; CREATE TABLE downward (id int DEFAULT nextval('down')); INSERT INTO downward VALUES (-15), (-44);
        CREATE TABLE full_one (id int GENERATED ALWAYS AS IDENTITY (MAXVALUE 3)); INSERT INTO full_one SELECT FROM generate_series(1, 3);
        CREATE TABLE parted (id serial) PARTITION BY RANGE (id); CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (0) TO (100); INSERT INTO part_1 VALUES (7);
        CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far;
        CREATE TABLE spread (id serial) PARTITION BY RANGE (id); CREATE TABLE middle PARTITION OF spread FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (id);
        CREATE FOREIGN TABLE away PARTITION OF middle FOR VALUES FROM (0) TO (50) SERVER far;
        CREATE FUNCTION no_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no DDL here'; END $$;
        CREATE EVENT TRIGGER no_ddl ON ddl_command_start EXECUTE FUNCTION no_ddl();
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_sequence_is_set_to_where_it_could_give_nothing_more_and_event_triggers_do_not_stop_the_others()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Zoo, Ct);
        await using var session = await DatabaseSession.OpenAsync(database.Server, database.Name, Ct);
        var survey = new SequenceSurvey(session);

        var found = await survey.ReadAsync(Ct);
        var some = await survey.ReadAsync([new QualifiedName("public", "part_1"), new QualifiedName("public", "marked"), new QualifiedName("public", "not there")], Ct);
        var set = await new SequenceFix(session).FixAsync(found, Ct);

        Assert.Equal(
            ["public.down -44 -23", "public.full_one_id_seq  ", "public.lagging_id_seq 2147483647 100", "public.marked_id_seq 2147483647 ", "public.parted_id_seq  7"],
            found.Select(sequence => FormattableString.Invariant($"{sequence.Name} {sequence.AtEnd} {sequence.Needed}")));
        Assert.Equal(["public.marked_id_seq", "public.parted_id_seq"], some.Select(sequence => sequence.Name.ToString()));
        Assert.Equal(3, set.Count);
        Assert.DoesNotContain(await survey.ReadAsync(Ct), sequence => sequence.IsBehind);
        Assert.Equal(6, await database.QueryAsync<int>("INSERT INTO marked DEFAULT VALUES RETURNING id", Ct));
        Assert.Equal(101, await database.QueryAsync<int>("INSERT INTO lagging DEFAULT VALUES RETURNING id", Ct));
        Assert.Equal(-33, await database.QueryAsync<int>("INSERT INTO downward DEFAULT VALUES RETURNING id", Ct));
    }

    [Fact]
    public async Task Statistics_that_another_server_would_have_to_give_are_passed_over_with_the_reason()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), Zoo, Ct);

        var refused = await new Statistics(database.Server, database.Name).GatherAsync(2, Ct);

        Assert.Equal("public.spread: foreign-data wrapper \"far\" has no handler", Assert.Single(refused));
        Assert.True(await database.QueryAsync<bool>("SELECT EXISTS (SELECT FROM pg_statistic WHERE starelid = 'lagging'::regclass)", Ct));
    }
}
