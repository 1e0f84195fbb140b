namespace CnpgRestore.ServerTests.Dumps;

/// <summary>What pg_dump wrote comes back as psql would bring it back, to the byte.</summary>
public sealed class LoadTests(LoadScene scene) : IClassFixture<LoadScene>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("--no-owner --no-privileges --no-comments")]
    [InlineData("--inserts")]
    [InlineData("--column-inserts")]
    [InlineData("--rows-per-insert=7")]
    [InlineData("--inserts --on-conflict-do-nothing")]
    [InlineData("--quote-all-identifiers")]
    [InlineData("--disable-dollar-quoting")]
    [InlineData("--load-via-partition-root")]
    [InlineData("--no-unlogged-table-data --no-table-access-method --no-toast-compression --no-security-labels --no-tablespaces")]
    [InlineData("--encoding=LATIN1")]
    [InlineData("--encoding=SQL_ASCII")]
    [InlineData("--schema-only")]
    public async Task Every_kind_of_object_comes_back_as_with_psql(string options)
    {
        var dump = await scene.DumpAsync(LoadScene.Zoo, Ct, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var (byPsql, byUs) = (await scene.NewDatabaseAsync(Ct), await scene.NewDatabaseAsync(Ct));

        await scene.LoadByPsqlAsync(dump, byPsql, Ct);
        await scene.LoadAsync(dump, byUs, Ct);

        Assert.Equal(await scene.ContentAsync(byPsql, Ct), await scene.ContentAsync(byUs, Ct));
    }

    [Fact]
    public async Task A_dump_that_cleans_replaces_what_is_there()
    {
        // Not the keys of partitions: pg_dump drops them before their parents', which PostgreSQL refuses to psql and everybody else.
        string[] without = ["--exclude-table=app.events*", "--exclude-table=app.hashed*", "--exclude-table=app.*_partitions*"];
        var present = await scene.DumpAsync(LoadScene.Zoo, Ct, without);
        var dump = await scene.DumpAsync(LoadScene.Zoo, Ct, ["--clean", "--if-exists", .. without]);
        var (byPsql, byUs) = (await scene.NewDatabaseAsync(Ct), await scene.NewDatabaseAsync(Ct));
        await scene.LoadByPsqlAsync(present, byPsql, Ct);
        await scene.LoadByPsqlAsync(present, byUs, Ct);
        await scene.Postgres.ExecuteAsync("INSERT INTO app.empty_one VALUES (1)", Ct, byUs);

        await scene.LoadByPsqlAsync(dump, byPsql, Ct);
        await scene.LoadAsync(dump, byUs, Ct);

        Assert.Equal(await scene.ContentAsync(byPsql, Ct), await scene.ContentAsync(byUs, Ct));
    }

    [Theory]
    [InlineData("--data-only --disable-triggers")]
    [InlineData("--data-only --disable-triggers --inserts")]
    public async Task Rows_alone_come_back_into_tables_with_keys_and_triggers(string options)
    {
        var dump = await scene.DumpAsync(LoadScene.Zoo, Ct, options.Split(' '));
        var schema = await scene.DumpAsync(LoadScene.Zoo, Ct, "--schema-only");
        var target = await scene.NewDatabaseAsync(Ct);
        await scene.LoadByPsqlAsync(schema, target, Ct);
        var byPsql = await scene.NewDatabaseAsync(Ct);
        await scene.LoadByPsqlAsync(schema, byPsql, Ct);
        await scene.LoadByPsqlAsync(dump, byPsql, Ct);

        await scene.LoadAsync(dump, target, Ct);

        Assert.Equal(await scene.ContentAsync(byPsql, Ct), await scene.ContentAsync(target, Ct));
    }

    [Fact]
    public async Task A_dump_that_creates_its_database_is_loaded_into_the_given_one()
    {
        var dump = await scene.DumpAsync(LoadScene.Zoo, Ct, "--create", "--clean", "--if-exists");
        var target = await scene.NewDatabaseAsync(Ct);

        var result = await scene.LoadAsync(dump, target, Ct);

        Assert.Equal(await scene.ContentAsync(LoadScene.Zoo, Ct), await scene.ContentAsync(target, Ct));
        Assert.Contains(result.NotRun, statement => statement.Text.StartsWith("CREATE DATABASE zoo ", StringComparison.Ordinal));
        Assert.Contains(result.NotRun, statement => statement.Text.StartsWith("DROP DATABASE ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_database_comes_out_of_a_dump_of_all_and_roles_are_left_alone()
    {
        await scene.Postgres.ExecuteAsync("CREATE ROLE with_password PASSWORD 'hidden'", Ct);
        await scene.Postgres.ExecuteAsync("CREATE DATABASE beside", Ct);
        await scene.Postgres.ExecuteAsync("CREATE TABLE not_wanted (a integer)", Ct, "beside");
        var dump = await scene.DumpAllAsync(Ct, "--clean", "--if-exists");
        var target = await scene.NewDatabaseAsync(Ct);

        var result = await scene.LoadAsync(dump, target, Ct, part: LoadScene.Zoo);

        Assert.Equal(await scene.ContentAsync(LoadScene.Zoo, Ct), await scene.ContentAsync(target, Ct));
        Assert.Contains(result.NotRun, statement => statement.Text == "CREATE ROLE zoo_owner;");
        Assert.DoesNotContain(result.NotRun, statement => statement.Text.Contains("SCRAM", StringComparison.Ordinal));
        Assert.Equal(3000, result.Tables.Single(table => table.Name.Name == "orders").Rows);
    }

    [Fact]
    public async Task Owners_set_by_session_authorization_are_those_of_the_dump_on_every_connection()
    {
        var source = await scene.NewDatabaseAsync(Ct);
        (await scene.Postgres.PsqlAsync(
            """
            CREATE SCHEMA own AUTHORIZATION zoo_owner;
            SET SESSION AUTHORIZATION zoo_owner;
            CREATE TABLE own.parent AS SELECT g AS id FROM generate_series(1, 1000) g;
            CREATE TABLE own.child AS SELECT g AS id FROM generate_series(1, 1000) g;
            ALTER TABLE own.parent ADD PRIMARY KEY (id);
            CREATE INDEX ON own.child (id);
            ALTER TABLE own.child ADD FOREIGN KEY (id) REFERENCES own.parent;
            """,
            Ct,
            source)).Succeeded();
        var target = await scene.NewDatabaseAsync(Ct);

        await scene.LoadAsync(await scene.DumpAsync(source, Ct, "--use-set-session-authorization"), target, Ct);

        Assert.Equal(await scene.ContentAsync(source, Ct), await scene.ContentAsync(target, Ct));
    }
}
