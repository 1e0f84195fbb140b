using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>What cannot end well is refused before anything is changed, all of it at once, in words that lead on.</summary>
public sealed class FromDumpRefusalTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What is done to the text of a good dump, and what is said then.</summary>
    public static TheoryData<string, string, string> Dumps => new()
    {
        { "-- PostgreSQL database dump complete", "--", "is truncated: it is not loaded" },
        { "-- Dumped from database version 15", "-- Dumped from database version 99", "it needs PostgreSQL 99" },
        { "CREATE SCHEMA sales;", "CREATE SCHEMA sales;\nALTER SCHEMA sales OWNER TO no_such_role;", "roles are missing: no_such_role" },
        { "CREATE SCHEMA sales;", "CREATE SCHEMA sales;\nCREATE EXTENSION IF NOT EXISTS no_such_thing WITH SCHEMA public;", "extensions are not installed on the server: no_such_thing" },
        { "CREATE SCHEMA sales;", "CREATE SCHEMA sales;\nCREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;", "creates the extension pg_cron, which one database of a server alone may have" },
        { "CREATE SCHEMA sales;", "CREATE SCHEMA sales;\nCREATE EXTENSION IF NOT EXISTS timescaledb WITH SCHEMA public;", "is of a database with TimescaleDB, which this program does not load" },
    };

    [Theory]
    [MemberData(nameof(Dumps))]
    public async Task A_dump_that_cannot_be_loaded_is_refused(string good, string bad, string words)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await File.WriteAllTextAsync(scene.Dump, (await File.ReadAllTextAsync(scene.Dump, Ct)).Replace(good, bad, StringComparison.Ordinal), Ct);

        await AssertRefusedAsync(scene, await scene.RestoreAsync(), 15, words);
    }

    [Fact]
    public async Task Everything_that_stands_in_the_way_is_said_at_once()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var text = await File.ReadAllTextAsync(scene.Dump, Ct);
        foreach (var data in Dumps.Skip(1).Take(3))
        {
            text = text.Replace(data.Data.Item1, data.Data.Item2, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(scene.Dump, text, Ct);

        var result = await scene.RestoreAsync("--strategy", "append");

        foreach (var words in (string[])["4 things stand in the way", "PostgreSQL 99", "no_such_role", "no_such_thing", "Relation already exists: sales.customers"])
        {
            Assert.Contains(words, result.Error, StringComparison.Ordinal);
        }

        await AssertRefusedAsync(scene, result, 15, "nothing was changed");
    }

    [Fact]
    public async Task Options_that_do_not_fit_the_dump_or_the_server_are_refused()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var name = scene.Live.Name;
        await scene.Live.ExecuteAsync($"CREATE ROLE {name}_user LOGIN", Ct);
        var empty = Path.Combine(scene.Folder, "empty.sql.gz");
        await File.WriteAllBytesAsync(empty, Convert.FromHexString("1f8b08000000000000030300000000000000000000"[..40]), Ct);

        await AssertRefusedAsync(scene, await scene.RestoreFileAsync(empty), 15, "is empty: it is not loaded");
        await AssertRefusedAsync(scene, await scene.RestoreFileAsync(Path.Combine(scene.Folder, "no.sql")), 10, "Backup file not found");
        await AssertRefusedAsync(scene, await scene.RestoreAsync("--strategy", "clean"), 15, "drops nothing: it was written without -c");
        await AssertRefusedAsync(scene, await scene.RestoreAsync("--strategy", "append"), 15, "Relation already exists");
        await AssertRefusedAsync(scene, await scene.RestoreAsync("--database", "no_such_database", "--strategy", "append"), 10, "database no_such_database does not exist");
        await AssertRefusedAsync(scene, await scene.RestoreAsync("--database", "postgres"), 15, "database postgres is not swapped");
        var asUser = scene.Live.Url.Replace("postgres@", $"{name}_user@", StringComparison.Ordinal);
        await AssertRefusedAsync(scene, await scene.RunAsync("from-dump", "--local", scene.Dump, "--to", asUser, "--yes"), 12, "Permission denied");
        await AssertRefusedAsync(scene, await scene.RunAsync("from-dump", "--local", scene.Dump, "--to", "postgres://postgres@127.0.0.1:1/app", "--yes"), 13, "Connection refused");
        await AssertRefusedAsync(scene, await scene.RunAsync("from-dump", "--local", scene.Dump, "--to", scene.Live.Url), 15, "the plan is not confirmed");
        await AssertRefusedAsync(scene, await scene.RunAsync("from-dump", "--local", scene.Dump, "--to", "db.example.com", "--yes"), 2, "the URL of --to");
        await scene.Live.ExecuteAsync($"DROP ROLE {name}_user", Ct);
    }

    [Fact]
    public async Task A_dump_of_a_whole_server_without_the_database_names_those_that_it_holds()
    {
        await using var own = await PostgresServer.CreateAsync(new PostgresOptions(), Ct);
        await using var scene = await FromDumpScene.CreateAsync(own);
        var all = Path.Combine(scene.Folder, "all.sql");
        (await ToolProcess.RunAsync(scene.Live.Postgres.Command("pg_dumpall", "-f", all), Ct)).Succeeded();
        var text = await File.ReadAllTextAsync(all, Ct);
        await File.WriteAllTextAsync(all, text.Replace($"\\connect {scene.Live.Name}", "\\connect elsewhere", StringComparison.Ordinal), Ct);

        var result = await scene.RestoreFileAsync(all);

        await AssertRefusedAsync(scene, result, 10, $"holds no database {scene.Live.Name}");
        Assert.Contains("elsewhere", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_on_the_server_holds_the_database_is_named()
    {
        await using var own = await PostgresServer.CreateAsync(
            new PostgresOptions { Settings = new Dictionary<string, string> { ["max_prepared_transactions"] = "5", ["wal_level"] = "logical" } }, Ct);
        await using var scene = await FromDumpScene.CreateAsync(own);
        await scene.Live.ExecuteAsync("SELECT pg_create_logical_replication_slot('reporting', 'test_decoding')", Ct);
        var noted = await scene.RestoreAsync("--owner", "somebody", "--dry-run");
        await scene.Live.ExecuteAsync("SELECT pg_drop_replication_slot('reporting')", Ct);
        await scene.Live.ExecuteAsync("BEGIN; INSERT INTO sales.nothing VALUES (1); PREPARE TRANSACTION 'payment-17'", Ct);
        var held = await scene.RestoreAsync();
        await scene.Live.ExecuteAsync("ROLLBACK PREPARED 'payment-17'", Ct);

        Assert.Equal(0, noted.ExitCode);
        Assert.Contains("logical replication slots stay with the former database: reporting", noted.Output, StringComparison.Ordinal);
        Assert.Contains("--owner is for a database that does not exist yet", noted.Output, StringComparison.Ordinal);
        Assert.Contains("payment-17", held.Error, StringComparison.Ordinal);
        await AssertRefusedAsync(scene, held, 15, "has prepared transactions, which hold its name");

        await own.StopAsync(Ct);
        var signal = Path.Combine(own.DataDirectory, "standby.signal");
        await File.WriteAllTextAsync(signal, "", Ct);
        await own.StartAsync(Ct);

        await AssertRefusedAsync(scene, await scene.RestoreAsync(), 15, "is a standby, which only reads");

        await own.PromoteAsync(Ct);
    }

    [Fact]
    public async Task A_second_run_on_the_same_database_is_told_who_holds_it()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await using var holder = new Npgsql.NpgsqlConnection(scene.Live.Postgres.ConnectionString() + ";Application Name=somebody");
        await holder.OpenAsync(Ct);
        await using var take = new Npgsql.NpgsqlCommand($"SELECT pg_advisory_lock({0x636E7067}, hashtext('{scene.Live.Name}'))", holder);
        await take.ExecuteNonQueryAsync(Ct);

        await AssertRefusedAsync(scene, await scene.RestoreAsync(), 11, "somebody");
    }

    [Fact]
    public async Task An_unfinished_run_is_not_mixed_with_another_request()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        Assert.Null(await KilledRun.AtAsync(scene.Command("from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes"), KillMoment.Begun("load")));
        var other = Path.Combine(scene.Folder, "other.sql");
        File.Copy(scene.Dump, other);

        var result = await scene.RestoreFileAsync(other);
        Assert.Equal(15, result.ExitCode);
        Assert.Contains($"cnpg-restore runs resume {scene.Run}", result.Error, StringComparison.Ordinal);
        await File.AppendAllTextAsync(scene.Dump, "\n", Ct);
        var changed = await scene.RunAsync("runs", "resume", scene.Run, "--yes");
        Assert.Equal(15, changed.ExitCode);
        Assert.Contains("is not the file any more", changed.Error, StringComparison.Ordinal);

        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
        (await scene.RestoreFileAsync(other)).Succeeded();
    }

    [Theory]
    [InlineData("psql", "line {0}, SELECT 1 / 0;: ERROR:  division by zero")]
    [InlineData("parallel", "line {0} of the dump: SELECT 1 / 0;; SQLSTATE 22012")]
    public async Task A_statement_that_fails_is_shown_with_its_line_and_the_live_database_is_as_it_was(string engine, string shown)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var lines = (await File.ReadAllLinesAsync(scene.Dump, Ct)).ToList();
        var at = lines.FindIndex(line => line.StartsWith("CREATE VIEW", StringComparison.Ordinal));
        lines.Insert(at, "SELECT 1 / 0;");
        await File.WriteAllLinesAsync(scene.Dump, lines, Ct);

        var result = await scene.RestoreAsync("--engine", engine);

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("division by zero", result.Error, StringComparison.Ordinal);
        Assert.Contains(shown.Replace("{0}", $"{at + 1}", StringComparison.Ordinal), result.Error, StringComparison.Ordinal);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Fact]
    public async Task What_psql_stops_on_is_called_what_it_is_with_its_line_its_statement_and_the_repair()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var lines = await File.ReadAllLinesAsync(scene.Dump, Ct);
        var at = Array.FindIndex(lines, line => line.StartsWith("COPY ", StringComparison.Ordinal));
        // What only the load meets: preflight sees no role within a string, and a dump may have a table twice.
        (string Statement, string Message, string Said, string Repair)[] failures =
        [
            ("CREATE TABLE sales.customers (id int);", "Relation already exists: ", "relation \"customers\" already exists", "mend the cause"),
            ("DO 'BEGIN SET ROLE pg_monitor; CREATE TABLE sales.denied (id int); END';", "Permission denied: ", "permission denied for schema sales", "mend the cause"),
            ("DO 'BEGIN EXECUTE ''GRANT SELECT ON sales.customers TO nobody_at_all''; END';", "cannot be loaded", "role \"nobody_at_all\" does not exist", "createuser"),
            ("DO 'BEGIN EXECUTE ''CREATE EXTENSION no_such_thing''; END';", "cannot be loaded", "extension \"no_such_thing\" is not available", "an image that has the extension"),
        ];
        foreach (var (statement, message, said, repair) in failures)
        {
            await File.WriteAllLinesAsync(scene.Dump, [.. lines[..at], statement, .. lines[at..]], Ct);

            var result = await scene.RestoreAsync("--engine", "psql");

            Assert.True(result.ExitCode == 20, statement + result.Output + result.Error);
            foreach (var words in (string[])[message, said, repair, $"line {at + 1}, {statement[..12]}", $"cnpg-restore runs resume {scene.Run}"])
            {
                Assert.True(result.Error.Contains(words, StringComparison.Ordinal), $"{words} is not in: {result.Error}");
            }

            (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
        }

        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Fact]
    public async Task Of_a_folder_the_latest_complete_dump_is_taken_and_a_password_in_the_url_is_warned_of()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var folder = Directory.CreateDirectory(Path.Combine(scene.Folder, "last")).FullName;
        var text = await File.ReadAllTextAsync(scene.Dump, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{scene.Live.Name}-20261120-010000.sql"), text, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{scene.Live.Name}-20261121-010000.sql"), text[..^200], Ct);

        var result = await scene.RunAsync("from-dump", "--local", folder, "--to", scene.Live.Url.Replace("postgres@", "postgres:s3cret@", StringComparison.Ordinal), "--dry-run", "-o", "json");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("20261120-010000.sql", result.Output, StringComparison.Ordinal);
        Assert.Contains("20261121-010000.sql is newer and not taken, it is truncated: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("use PGPASSWORD", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Fact]
    public async Task The_dump_of_another_database_is_taken_only_by_its_name_and_the_plan_says_what_it_is_of()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var folder = Directory.CreateDirectory(Path.Combine(scene.Folder, "share")).FullName;
        var (own, another) = (Path.Combine(folder, "photos.dump"), Path.Combine(folder, "nextcloud.dump"));
        await PostgresUser.OwnAsync(folder, Ct);
        await scene.Live.DumpAsync(Ct, ["-Fc", "-f", own]);
        var archive = await File.ReadAllBytesAsync(own, Ct);
        var name = System.Text.Encoding.UTF8.GetBytes(scene.Live.Name);
        // In the head, the database's name is the first.
        archive[archive.AsSpan().IndexOf(name)] = (byte)'x';
        await File.WriteAllBytesAsync(another, archive, Ct);
        string[] to = ["--to", scene.Live.Url, "--dry-run", "-o", "json"];

        var latest = await scene.RunAsync(["from-dump", "--local", folder, .. to]);
        var named = await scene.RunAsync(["from-dump", "--local", folder, "--dump", "nextcloud.dump", .. to]);

        Assert.True(latest.ExitCode == 0 && named.ExitCode == 0, latest.Error + named.Error);
        Assert.Contains("photos.dump", latest.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("goes into", latest.Output, StringComparison.Ordinal);
        Assert.Contains($"warning: nextcloud.dump is newer and not taken, it is of database x{scene.Live.Name[1..]}", latest.Error, StringComparison.Ordinal);
        Assert.Contains($"the dump is of database x{scene.Live.Name[1..]}; it goes into {scene.Live.Name}", named.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_tells_which_dump_is_of_the_database_none_is_taken()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var folder = Directory.CreateDirectory(Path.Combine(scene.Folder, "share")).FullName;
        File.Copy(scene.Dump, Path.Combine(folder, "photos.sql"));
        File.Copy(scene.Dump, Path.Combine(folder, "nextcloud.sql"));

        var result = await scene.RunAsync("from-dump", "--local", folder, "--to", scene.Live.Url, "--yes");

        await AssertRefusedAsync(scene, result, 15, $"which dump of {folder} is of database {scene.Live.Name} is not known");
        foreach (var words in (string[])["photos.sql of ", "nextcloud.sql of ", "--dump FILE"])
        {
            Assert.Contains(words, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_dump_of_the_whole_server_is_found_under_any_name()
    {
        await using var own = await PostgresServer.CreateAsync(new PostgresOptions(), Ct);
        await using var scene = await FromDumpScene.CreateAsync(own);
        var folder = Directory.CreateDirectory(Path.Combine(scene.Folder, "last")).FullName;
        await PostgresUser.OwnAsync(folder, Ct);
        (await ToolProcess.RunAsync(scene.Live.Postgres.Command("pg_dumpall", "-f", Path.Combine(folder, "postgres-20261122-010000.sql")), Ct)).Succeeded();
        await scene.SpoilAsync();

        var result = await scene.RunAsync("from-dump", "--local", folder, "--to", scene.Live.Url, "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    [Fact]
    public async Task A_dump_is_named_by_its_path_in_the_folder_or_by_its_own()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        string[] to = ["--to", scene.Live.Url, "--dry-run"];

        var within = await scene.RunAsync(["from-dump", "--local", scene.Folder, "--dump", Path.GetFileName(scene.Dump), .. to]);
        var alone = await scene.RunAsync(["from-dump", "--dump", scene.Dump, .. to]);
        var missing = await scene.RunAsync(["from-dump", "--local", scene.Folder, "--dump", "no.sql", .. to]);
        var nothing = await scene.RunAsync(["from-dump", "--dump", "latest", .. to]);
        var nowhere = await scene.RunAsync("from-dump", "--local", scene.Folder);

        Assert.True(within.ExitCode == 0 && alone.ExitCode == 0, within.Error + alone.Error);
        Assert.Contains(scene.Dump, within.Output, StringComparison.Ordinal);
        Assert.Contains(scene.Dump, alone.Output, StringComparison.Ordinal);
        Assert.Equal((10, 2, 2), (missing.ExitCode, nothing.ExitCode, nowhere.ExitCode));
        Assert.Contains("Backup file not found", missing.Error, StringComparison.Ordinal);
        Assert.Contains("either CLUSTER or --to", nowhere.Error, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(FromDumpScene scene, ToolResult result, int exitCode, string words)
    {
        Assert.True(exitCode == result.ExitCode, result.Output + result.Error);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal([""], await scene.DatabasesAsync());
    }
}
