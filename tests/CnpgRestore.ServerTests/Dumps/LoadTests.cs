namespace CnpgRestore.ServerTests.Dumps;

/// <summary>What a dump holds is there after its load, to the byte, and nothing of the load is left behind.</summary>
public sealed class LoadTests(LoadScene scene) : IClassFixture<LoadScene>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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

    [Theory]
    [InlineData("LATIN1", "636166e9", "")]
    [InlineData("SQL_ASCII", "fffe20e9", "")]
    [InlineData("EUC_JP", "c6fccbdc", "--encoding=SJIS")]
    [InlineData("EUC_JP", "a5bdc9bd", "--encoding=SJIS --inserts")]
    [InlineData("WIN1251", "cff0e8", "--encoding=UTF8")]
    public async Task Every_byte_of_names_and_rows_survives_in_any_encoding(string encoding, string hex, string options)
    {
        var create = $"ENCODING '{encoding}' LOCALE 'C'";
        var source = await scene.NewDatabaseAsync(Ct, create);
        // The server builds the text of its bytes; the name of the table is made of them too.
        (await scene.Postgres.PsqlAsync(
            $"""
            SET client_encoding = '{encoding}';
            CREATE FUNCTION pg_temp.word() RETURNS text LANGUAGE sql AS $$ SELECT convert_from(decode('{hex}', 'hex'), '{encoding}') $$;
            SELECT format('CREATE TABLE %I (%I text DEFAULT %L)', pg_temp.word(), pg_temp.word() || 'x', pg_temp.word()) AS create \gset
            :create;
            SELECT format('INSERT INTO %I SELECT %L || g FROM generate_series(1, 50) g', pg_temp.word(), pg_temp.word()) AS insert \gset
            :insert;
            SELECT format('CREATE INDEX %I ON %I (1)', pg_temp.word() || 'i', pg_temp.word()) AS index \gset
            SELECT format('COMMENT ON TABLE %I IS %L', pg_temp.word(), pg_temp.word()) AS comment \gset
            :comment;
            """,
            Ct,
            source)).Succeeded();
        var target = await scene.NewDatabaseAsync(Ct, create);

        await scene.LoadAsync(await scene.DumpAsync(source, Ct, options.Split(' ', StringSplitOptions.RemoveEmptyEntries)), target, Ct);

        Assert.Equal(await scene.ContentAsync(source, Ct), await scene.ContentAsync(target, Ct));
    }

    [Fact]
    public async Task A_script_of_somebody_else_runs_in_its_own_order()
    {
        var path = await scene.WriteAsync(
            System.Text.Encoding.UTF8.GetBytes(
                """
                CREATE TABLE parent (id integer PRIMARY KEY);
                CREATE TABLE child (id integer REFERENCES parent);
                INSERT INTO parent VALUES (1), (2);
                BEGIN;
                COPY child FROM stdin;
                1
                2
                \.
                UPDATE child SET id = 1 WHERE id = 2;
                COMMIT;
                CREATE INDEX ON child (id);
                COPY child (id) FROM stdin WITH (FORMAT csv, HEADER);
                "id"
                "2"
                \.
                DELETE FROM parent WHERE id NOT IN (SELECT id FROM child);
                INSERT INTO parent SELECT count(*) + 10 FROM child;
                """),
            Ct);
        var (byPsql, byUs) = (await scene.NewDatabaseAsync(Ct), await scene.NewDatabaseAsync(Ct));

        await scene.LoadByPsqlAsync(path, byPsql, Ct);
        await scene.LoadAsync(path, byUs, Ct);

        Assert.Equal(await scene.ContentAsync(byPsql, Ct), await scene.ContentAsync(byUs, Ct));
    }

    [Fact]
    public async Task Rows_that_look_at_other_tables_wait_for_them()
    {
        var source = await scene.NewDatabaseAsync(Ct);
        (await scene.Postgres.PsqlAsync(
            """
            CREATE TABLE a_first AS SELECT g AS id FROM generate_series(1, 100000) g;
            CREATE FUNCTION is_known(integer) RETURNS boolean LANGUAGE sql AS $$ SELECT count(*) = 100000 FROM public.a_first $$;
            CREATE TABLE b_second (id integer CHECK (is_known(id)));
            INSERT INTO b_second SELECT g FROM generate_series(1, 20) g;
            """,
            Ct,
            source)).Succeeded();
        var target = await scene.NewDatabaseAsync(Ct);

        await scene.LoadAsync(await scene.DumpAsync(source, Ct), target, Ct);

        Assert.Equal(await scene.ContentAsync(source, Ct), await scene.ContentAsync(target, Ct));
    }

    [Fact]
    public async Task A_large_table_is_spread_over_connections_and_keeps_every_row()
    {
        var source = await scene.NewDatabaseAsync(Ct);
        await scene.Postgres.ExecuteAsync("CREATE TABLE large AS SELECT g AS id, repeat(md5(g::text), 10) AS body FROM generate_series(1, 60000) g", Ct, source);
        await scene.Postgres.ExecuteAsync("ALTER TABLE large ADD PRIMARY KEY (id)", Ct, source);
        var target = await scene.NewDatabaseAsync(Ct);

        var result = await scene.LoadAsync(await scene.DumpAsync(source, Ct), target, Ct);

        Assert.Equal(60_000, Assert.Single(result.Tables).Rows);
        Assert.Equal(await scene.ContentAsync(source, Ct), await scene.ContentAsync(target, Ct));
        Assert.True(await scene.Postgres.QueryAsync<long>("SELECT count(DISTINCT xmin::text) FROM large", Ct, target) > 1);
    }

    [Fact]
    public async Task Keys_are_checked_and_rows_are_visible_to_all_when_a_load_has_ended()
    {
        var source = await scene.NewDatabaseAsync(Ct);
        (await scene.Postgres.PsqlAsync(
            """
            CREATE TABLE people AS SELECT g AS id, 'name ' || g AS name FROM generate_series(1, 20000) g;
            CREATE TABLE letters AS SELECT g AS id, 1 + g % 20000 AS person, repeat(md5(g::text), 3) AS body FROM generate_series(1, 40000) g;
            ALTER TABLE people ADD PRIMARY KEY (id);
            ALTER TABLE letters ADD PRIMARY KEY (id), ADD UNIQUE (body), ADD CONSTRAINT written_by FOREIGN KEY (person) REFERENCES people, ADD CONSTRAINT read_by FOREIGN KEY (person) REFERENCES people;
            CREATE INDEX ON letters (person);
            CREATE INDEX ON letters USING gin (to_tsvector('simple', body));
            """,
            Ct,
            source)).Succeeded();
        var dump = await scene.DumpAsync(source, Ct);
        string target;
        var attempts = 0;
        do
        {
            target = await scene.NewDatabaseAsync(Ct);
            await scene.LoadAsync(dump, target, Ct);
        }
        // A commit of another test's database that is not on the disk keeps those near to it from being marked (LSN_GROUP, src/backend/access/transam/clog.c).
        while (await VisibleAsync() != 2 && ++attempts < 5);

        Assert.Equal(2, await VisibleAsync());
        Assert.Equal(2, await scene.Postgres.QueryAsync<long>("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated", Ct, target));
        Assert.Equal(await scene.ContentAsync(source, Ct), await scene.ContentAsync(target, Ct));

        Task<long> VisibleAsync() => scene.Postgres.QueryAsync<long>("SELECT count(*) FROM pg_class WHERE relname IN ('people', 'letters') AND relpages > 0 AND relallvisible = relpages", Ct, target);
    }

    [Fact]
    public async Task A_key_is_checked_in_its_index_and_one_without_an_index_by_a_hash_table()
    {
        var source = await scene.NewDatabaseAsync(Ct);
        (await scene.Postgres.PsqlAsync(
            """
            CREATE TABLE makers AS SELECT g AS id FROM generate_series(1, 20000) g;
            CREATE TABLE things AS SELECT g AS id, 1 + g * 7919 % 20000 AS indexed, 1 + g * 6301 % 20000 AS "not indexed" FROM generate_series(1, 40000) g;
            ALTER TABLE makers ADD PRIMARY KEY (id);
            CREATE INDEX ON things (indexed, id);
            CREATE INDEX ON things (id, "not indexed");
            ALTER TABLE things ADD FOREIGN KEY (indexed) REFERENCES makers, ADD CONSTRAINT "made' by" FOREIGN KEY ("not indexed") REFERENCES makers;
            """,
            Ct,
            source)).Succeeded();
        var target = await scene.NewDatabaseAsync(Ct);
        foreach (var setting in (string[])["session_preload_libraries TO 'auto_explain'", "auto_explain.log_min_duration TO 0", "auto_explain.log_nested_statements TO on"])
        {
            await scene.Postgres.ExecuteAsync($"ALTER DATABASE {target} SET {setting}", Ct);
        }

        await scene.LoadAsync(await scene.DumpAsync(source, Ct), target, Ct);

        var plans = scene.Postgres.Log.Split("LOG:  duration:").Where(plan => plan.Contains("makers", StringComparison.Ordinal) && plan.Contains("Join", StringComparison.Ordinal)).ToList();
        Assert.Contains("Merge", Assert.Single(plans, plan => plan.Contains("fk.indexed", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("Hash", Assert.Single(plans, plan => plan.Contains("fk.\"not indexed\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_breaks_a_key_ends_the_load_with_the_key()
    {
        var path = await scene.WriteAsync(
            System.Text.Encoding.UTF8.GetBytes(
                $"""
                --
                -- PostgreSQL database dump
                --
                CREATE TABLE public.people (id integer);
                CREATE TABLE public.letters (person integer, body text);
                COPY public.people (id) FROM stdin;
                1
                \.
                COPY public.letters (person, body) FROM stdin;
                {string.Concat(Enumerable.Repeat($"1\t{new string('x', 1000)}\n", 200))}{"2\tnobody's"}
                \.
                ALTER TABLE ONLY public.people ADD CONSTRAINT people_pkey PRIMARY KEY (id);
                ALTER TABLE ONLY public.letters ADD CONSTRAINT written_by FOREIGN KEY (person) REFERENCES public.people(id);
                --
                -- PostgreSQL database dump complete
                --

                """),
            Ct);

        var target = await scene.NewDatabaseAsync(Ct);
        var e = await Assert.ThrowsAsync<RestoreException>(() => scene.LoadAsync(path, target, Ct));

        Assert.Contains("written_by", e.Problem.Message, StringComparison.Ordinal);
        Assert.Contains("(person)=(2)", e.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_load_are_gone_afterwards()
    {
        var target = await scene.NewDatabaseAsync(Ct);
        await scene.LoadAsync(await scene.DumpAsync(LoadScene.Zoo, Ct), target, Ct);

        Assert.Equal("on", await scene.Postgres.QueryAsync<string>("SHOW synchronous_commit", Ct, target));
        // A busy server comes to the end of a closed session a moment later.
        for (var looks = 0; await scene.Postgres.QueryAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{target}' AND pid <> pg_backend_pid()", Ct) > 0; looks++)
        {
            Assert.True(looks < 100, "a session of the load is still there");
            await Task.Delay(100, Ct);
        }

        Assert.Equal(0, await scene.Postgres.QueryAsync<long>($"SELECT count(*) FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE coalesce(datname, '{target}') = '{target}'", Ct));
    }
}
