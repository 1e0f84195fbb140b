using System.Text.Json;
using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>A dump is loaded beside the live database, proven, and swapped in; and back.</summary>
public sealed class SwapTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_is_back_and_the_former_database_lies_aside()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();

        var result = await scene.RestoreAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        var databases = await scene.DatabasesAsync();
        Assert.Equal(2, databases.Count);
        Assert.Matches("^_before_[0-9]{8}t[0-9]{6}z$", databases[1]);
        Assert.Contains("20200 rows in 3 tables", result.Output, StringComparison.Ordinal);
        await AllowAsync(scene, databases[1]);
        Assert.Equal(former, await scene.ContentAsync(scene.Live.Name + databases[1]));
    }

    [Theory]
    [InlineData("parallel", "--clean")]
    [InlineData("psql", "--clean")]
    [InlineData("parallel", "--clean --if-exists")]
    [InlineData("psql", "--clean --if-exists --create")]
    public async Task What_a_dump_drops_first_is_not_missed_in_a_new_database(string engine, string options)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        // A view of which pg_dump does not know yet by what it is grouped, and a large object.
        await scene.Live.ExecuteAsync(
            """
            CREATE VIEW sales.busy AS SELECT c.id, c.name, count(*) FROM sales.customers c JOIN sales.orders o ON o.customer = c.id GROUP BY c.id;
            CREATE DOMAIN sales.price AS integer; ALTER DOMAIN sales.price ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
            SELECT lo_from_bytea(0, 'x');
            """,
            Ct);
        var expected = await scene.ContentAsync();
        await scene.Live.DumpAsync(Ct, [.. options.Split(' '), "-f", scene.Dump]);
        await scene.SpoilAsync();

        var result = await scene.RestoreAsync("--engine", engine);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(expected, await scene.ContentAsync());
    }

    [Theory]
    [InlineData("-Fp", "parallel")]
    [InlineData("-Fp", "psql")]
    [InlineData("-Fc", "psql")]
    [InlineData("-Ft", "psql")]
    public async Task A_dump_of_the_schema_public_finds_it_there_already(string format, string engine)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.Live.ExecuteAsync("CREATE TABLE public.kept AS SELECT generate_series(1, 10) AS id; GRANT CREATE ON SCHEMA public TO PUBLIC", Ct);
        await scene.Live.DumpAsync(Ct, format, "--schema=public", "-f", scene.Dump);
        await scene.Live.ExecuteAsync("DROP TABLE public.kept", Ct);

        var result = await scene.RestoreAsync("--engine", engine);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(10, await scene.Live.QueryAsync<long>("SELECT count(*) FROM kept", Ct));
        Assert.Equal("t,t", await scene.Live.QueryAsync<string>("SELECT concat_ws(',', has_schema_privilege('public', 'public', 'CREATE'), has_schema_privilege('public', 'public', 'USAGE'))", Ct));
    }

    [Theory]
    [InlineData("-Fp", "parallel")]
    [InlineData("-Fp", "psql")]
    [InlineData("-Fc", "psql")]
    public async Task The_schema_public_keeps_its_own_owner(string format, string engine)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var owner = $"{scene.Live.Name}_public";
        await scene.Live.ExecuteAsync($"CREATE ROLE {owner}; ALTER SCHEMA public OWNER TO {owner}", Ct);
        await scene.Live.DumpAsync(Ct, format, "-f", scene.Dump);
        await scene.Live.ExecuteAsync("ALTER SCHEMA public OWNER TO postgres", Ct);

        var result = await scene.RestoreAsync("--engine", engine);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(owner, await scene.Live.QueryAsync<string>("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'", Ct));
    }

    [Theory]
    [InlineData("-Fc")]
    [InlineData("-Ft")]
    public async Task An_archive_that_is_packed_once_more_is_restored(string format)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, format);
        var packed = Path.Combine(scene.Folder, "app.dump.gz");
        await PackAsync(packed, await File.ReadAllBytesAsync(scene.Dump, Ct));
        await scene.SpoilAsync();

        var result = await scene.RestoreFileAsync(packed, "--jobs", "4");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    [Theory]
    [InlineData("psql")]
    [InlineData("parallel")]
    public async Task Roles_and_a_database_in_two_members_of_a_gzip_file_are_restored(string engine)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var packed = Path.Combine(scene.Folder, "app.sql.gz");
        // As pg_dumpall -g | gzip > FILE; pg_dump | gzip >> FILE leaves it.
        await PackAsync(packed, System.Text.Encoding.UTF8.GetBytes($"-- PostgreSQL database cluster dump\nCREATE ROLE {scene.Live.Name}_never;\n-- PostgreSQL database cluster dump complete\n"));
        await PackAsync(packed, await File.ReadAllBytesAsync(scene.Dump, Ct));
        await scene.SpoilAsync();

        var result = await scene.RestoreFileAsync(packed, "--engine", engine);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal(0L, await scene.Live.Postgres.QueryAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname = '{scene.Live.Name}_never'", Ct));
    }

    [Fact]
    public async Task Undo_after_the_swap_brings_the_former_database_back_exactly()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var (former, oid) = (await scene.ContentAsync(), await OidAsync(scene));
        (await scene.RestoreAsync()).Succeeded();
        Assert.NotEqual(oid, await OidAsync(scene));

        var undo = await scene.RunAsync("runs", "undo", scene.Run, "--yes");

        Assert.True(undo.ExitCode == 0, undo.Error);
        Assert.Equal(oid, await OidAsync(scene));
        Assert.Equal(former, await scene.ContentAsync());
        Assert.Contains("until cnpg-restore runs commit", undo.Output, StringComparison.Ordinal);
        (await scene.RunAsync("runs", "commit", scene.Run, "--yes")).Succeeded();
        Assert.Equal([""], await scene.DatabasesAsync());
        Assert.Equal(former, await scene.ContentAsync());
    }

    [Fact]
    public async Task Undo_shows_what_it_would_do_and_does_nothing_unless_it_is_confirmed()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        (await scene.RestoreAsync()).Succeeded();
        var (databases, journal) = (await scene.DatabasesAsync(), await JournalAsync());

        var dry = await scene.RunAsync("runs", "undo", scene.Run, "--dry-run");
        var commit = await scene.RunAsync("runs", "commit", scene.Run, "--dry-run");
        var unasked = await scene.RunAsync("runs", "undo", scene.Run);

        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains($"take run {scene.Run} back: swap the names back: {scene.Live.Name}_before_", dry.Output, StringComparison.Ordinal);
        Assert.Contains($"ends the sessions of {scene.Live.Name}", dry.Output, StringComparison.Ordinal);
        Assert.Contains($"note: what was written to {scene.Live.Name} since it was restored lies aside with it", dry.Output, StringComparison.Ordinal);
        Assert.True(commit.ExitCode == 0, commit.Error);
        Assert.Contains("(removes data)", commit.Output, StringComparison.Ordinal);
        Assert.Equal(15, unasked.ExitCode);
        Assert.Contains("the plan is not confirmed; nothing was changed", unasked.Error, StringComparison.Ordinal);
        Assert.Equal(databases, await scene.DatabasesAsync());
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal(journal, await JournalAsync());

        Task<string> JournalAsync() => File.ReadAllTextAsync(Path.Combine(scene.State, "runs", $"{scene.Run}.jsonl"), Ct);
    }

    [Fact]
    public async Task Undo_and_commit_end_in_a_summary_for_scripts()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        (await scene.RestoreAsync()).Succeeded();

        var undo = Messages(await scene.RunAsync("runs", "undo", scene.Run, "--yes", "-o", "json"));
        var again = Messages(await scene.RunAsync("runs", "undo", scene.Run, "--yes", "-o", "json"));
        var commit = Messages(await scene.RunAsync("runs", "commit", scene.Run, "--yes", "-o", "json"));

        Assert.Equal(["plan", "step_started", "step_finished", "summary"], undo.Select(Type));
        Assert.Equal(["summary"], again.Select(Type));
        Assert.Equal(["plan", "step_started", "step_finished", "summary"], commit.Select(Type));
        Assert.Equal(
            [("undo", true), ("undo", false), ("commit", true)],
            ((JsonElement[])[undo[^1], again[^1], commit[^1]]).Select(summary => (summary.GetProperty("command").GetString(), summary.GetProperty("changed").GetBoolean())));
        Assert.Equal([""], await scene.DatabasesAsync());

        static List<JsonElement> Messages(ToolResult result)
        {
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            return [.. result.Output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).Where(message => Type(message) != "status")];
        }

        static string? Type(JsonElement message) => message.GetProperty("message_type").GetString();
    }

    [Fact]
    public async Task Commit_drops_the_former_database_and_undo_is_refused_then()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        (await scene.RestoreAsync()).Succeeded();

        Assert.Equal(15, (await scene.RunAsync("runs", "commit", scene.Run)).ExitCode);
        Assert.Equal(2, (await scene.DatabasesAsync()).Count);
        (await scene.RunAsync("runs", "commit", scene.Run, "--yes")).Succeeded();

        Assert.Equal([""], await scene.DatabasesAsync());
        var undo = await scene.RunAsync("runs", "undo", scene.Run, "--yes");
        Assert.Equal(15, undo.ExitCode);
        Assert.Contains("is committed", undo.Error, StringComparison.Ordinal);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    [Fact]
    public async Task A_run_that_is_undone_or_final_is_not_gone_on_with()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        (await scene.RestoreAsync()).Succeeded();
        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();

        var here = await scene.RunAsync("runs", "resume", scene.Run, "--yes");
        var run = scene.Run;
        Directory.Delete(scene.State, recursive: true);
        var elsewhere = await scene.RunAsync("runs", "resume", run, "--yes", "--to", scene.Live.Url);

        Assert.Equal(0, here.ExitCode);
        Assert.Contains("nothing to go on with", here.Output, StringComparison.Ordinal);
        Assert.Equal(15, elsewhere.ExitCode);
        Assert.Contains("is undone", elsewhere.Error, StringComparison.Ordinal);
        Assert.Equal(former, await scene.ContentAsync());
    }

    [Fact]
    public async Task Another_machine_undoes_with_what_stands_on_the_server()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        (await scene.RestoreAsync()).Succeeded();
        var run = scene.Run;
        Directory.Delete(scene.State, recursive: true);

        var blind = await scene.RunAsync("runs", "undo", run, "--yes");
        Assert.Equal(10, blind.ExitCode);
        var undo = await scene.RunAsync("runs", "undo", run, "--to", scene.Live.Url, "--yes");

        Assert.True(undo.ExitCode == 0, undo.Error);
        Assert.Equal(former, await scene.ContentAsync());
    }

    [Fact]
    public async Task Owner_settings_grants_limit_and_comment_of_the_live_database_are_carried_over()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var name = scene.Live.Name;
        var role = $"{name}_role";
        await scene.Live.ExecuteAsync(
            $"""
            CREATE ROLE {role}; ALTER DATABASE {name} OWNER TO {role}; ALTER DATABASE {name} CONNECTION LIMIT 17; ALTER DATABASE {name} SET work_mem TO '7MB';
            ALTER DATABASE {name} SET search_path TO "$user", sales, "Odd, one"; ALTER ROLE {role} IN DATABASE {name} SET statement_timeout TO '3min';
            ALTER DATABASE {name} SET app.tenant TO 'it''s'; REVOKE CONNECT ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO pg_monitor WITH GRANT OPTION;
            COMMENT ON DATABASE {name} IS 'the ''shop''';
            """,
            Ct);
        var before = await PropertiesAsync(scene);

        var result = await scene.RestoreAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(before, await PropertiesAsync(scene));
        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
        Assert.Equal(before, await PropertiesAsync(scene));
        await scene.RunAsync("runs", "commit", scene.Run, "--yes");
        await scene.Live.ExecuteAsync($"ALTER DATABASE {name} OWNER TO postgres; REVOKE ALL ON DATABASE {name} FROM {role}; ALTER ROLE {role} IN DATABASE {name} RESET ALL; DROP ROLE {role}", Ct);
    }

    [Fact]
    public async Task Sessions_that_come_back_at_once_do_not_keep_the_names_from_being_swapped()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var answers = 0;
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    try
                    {
                        await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.customers", Ct);
                        Interlocked.Increment(ref answers);
                    }
                    catch (Npgsql.NpgsqlException)
                    {
                        // Ended by the swap; the next one comes at once.
                    }
                }
            },
            Ct)).ToList();

        var result = await scene.RestoreAsync();
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.True(answers > 0);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        TestContext.Current.SendDiagnosticMessage(result.Output);
    }

    [Theory]
    [InlineData("-Fp", "-C")]
    [InlineData("-Fp", "--inserts")]
    [InlineData("-Fc", "-Z5")]
    [InlineData("-Fd", "-j2")]
    [InlineData("-Ft", "-b")]
    [InlineData("-Fp", "-Z6")]
    public async Task Every_format_of_pg_dump_comes_back(string format, string option)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, format, option);
        await scene.SpoilAsync();

        var result = await scene.RestoreAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    [Fact]
    public async Task Differences_to_the_dump_or_a_failed_check_keep_the_names_as_they_are()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        var checks = Path.Combine(scene.Folder, "checks.sql");
        await File.WriteAllTextAsync(checks, "SELECT count(*) = 20000 FROM sales.orders;\nSELECT count(*) = 7 FROM sales.orders;\n", Ct);

        var result = await scene.RestoreAsync("--check-sql", checks);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("gives false", result.Error, StringComparison.Ordinal);
        Assert.Equal(former, await scene.ContentAsync());
        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Fact]
    public async Task A_check_file_that_is_gone_when_the_run_goes_on_is_asked_for()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        var checks = Path.Combine(scene.Folder, "checks.sql");
        await File.WriteAllTextAsync(checks, "SELECT count(*) = 20000 FROM sales.orders;\n", Ct);
        Assert.Null(await KilledRun.AtAsync(
            scene.Command("from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes", "--check-sql", checks), KillMoment.Begun("load")));
        File.Move(checks, checks + ".aside");

        var asked = await scene.RunAsync("runs", "resume", scene.Run, "--yes");

        Assert.True(asked.ExitCode == 20, asked.Output + asked.Error);
        Assert.Contains($"{checks} does not exist", asked.Error, StringComparison.Ordinal);
        Assert.Contains($"put the file of --check-sql back as it was; the run goes on with: cnpg-restore runs resume {scene.Run}", asked.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(former, await scene.ContentAsync());

        File.Move(checks + ".aside", checks);
        (await scene.RunAsync("runs", "resume", scene.Run, "--yes")).Succeeded();
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    private static Task<long> OidAsync(FromDumpScene scene) => scene.Live.QueryAsync<long>("SELECT oid::int8 FROM pg_database WHERE datname = current_database()", Ct);

    private static Task AllowAsync(FromDumpScene scene, string suffix) => scene.Live.ExecuteAsync($"ALTER DATABASE {scene.Live.Name}{suffix} ALLOW_CONNECTIONS true", Ct);

    private static Task<string> PropertiesAsync(FromDumpScene scene) => scene.Live.Postgres.QueryAsync<string>(
        $"""
        SELECT concat_ws('; ', datdba::regrole, datconnlimit, datallowconn, (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(datacl) x),
            (SELECT string_agg(concat(setrole, (SELECT array_agg(c ORDER BY c) FROM unnest(setconfig) c)), ',' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid),
            encoding, datcollate, datctype, shobj_description(oid, 'pg_database'))
        FROM pg_database d WHERE datname = '{scene.Live.Name}'
        """,
        Ct);

    private static async Task PackAsync(string path, byte[] content)
    {
        await using var gzip = new System.IO.Compression.GZipStream(new FileStream(path, FileMode.Append), System.IO.Compression.CompressionLevel.Fastest);
        await gzip.WriteAsync(content, Ct);
    }
}
