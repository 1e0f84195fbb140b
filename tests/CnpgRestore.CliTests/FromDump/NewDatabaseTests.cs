using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>The database that is restored is not there: it is made as the dump says, and taken away again by an undo.</summary>
public sealed class NewDatabaseTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-Fp", "-C")]
    [InlineData("-Fp", "-O")]
    [InlineData("-Fc", "-Z1")]
    public async Task It_is_made_with_the_encoding_and_the_owner_of_the_dump_and_undo_takes_it_away(string format, string option)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        var postgres = scene.Live.Postgres;
        var (name, owner) = ($"{scene.Live.Name}_latin", $"{scene.Live.Name}_owner");
        await postgres.ExecuteAsync($"CREATE ROLE {owner}", Ct);
        await postgres.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' OWNER {owner}", Ct);
        await postgres.ExecuteAsync(
            $"""
            ALTER DATABASE {name} SET search_path TO "$user", public, words;
            ALTER ROLE {owner} IN DATABASE {name} SET work_mem TO '5MB';
            ALTER DATABASE {name} CONNECTION LIMIT 17;
            REVOKE CONNECT ON DATABASE {name} FROM PUBLIC;
            GRANT CREATE ON DATABASE {name} TO pg_monitor
            """,
            Ct);
        await postgres.ExecuteAsync("CREATE TABLE words (word text); INSERT INTO words VALUES ('déjà vu')", Ct, name);
        var before = await AsMadeAsync();
        var settings = await SettingsAsync();
        var dump = Path.Combine(scene.Folder, "latin.sql");
        (await ToolProcess.RunAsync(postgres.Command("pg_dump", format, option, "-f", dump, "-d", name), Ct)).Succeeded();
        await postgres.ExecuteAsync($"DROP DATABASE {name}", Ct);
        // With -O no owner is in the dump.
        string[] options = option == "-O" ? ["--owner", owner] : [];

        var dry = await RunAsync("--dry-run");
        Assert.Contains($"database {name} does not exist: it will be created, owned by {owner}, with ENCODING LATIN1", dry.Output, StringComparison.Ordinal);
        Assert.Equal([""], await scene.DatabasesAsync());
        var result = await RunAsync("--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(before, await AsMadeAsync());
        // A plain dump without -C has nothing of the database itself, and the plan says so.
        Assert.Equal(option == "-O", dry.Output.Contains("pg_dump writes them with -C", StringComparison.Ordinal));
        Assert.Equal(option == "-O" ? "-1" : settings, await SettingsAsync());
        Assert.Equal("déjà vu", await postgres.QueryAsync<string>("SELECT word FROM words", Ct, name));
        Assert.Equal(["", "_latin"], await scene.DatabasesAsync());
        var undo = await scene.RunAsync("runs", "undo", scene.Run, "--yes");
        Assert.True(undo.ExitCode == 0, undo.Error);
        Assert.Matches("^,_latin_restore_[0-9tz]+$", string.Join(',', await scene.DatabasesAsync()));
        (await scene.RunAsync("runs", "commit", scene.Run, "--yes")).Succeeded();
        Assert.Equal([""], await scene.DatabasesAsync());
        await postgres.ExecuteAsync($"DROP ROLE {owner}", Ct);

        Task<ToolResult> RunAsync(string how) => scene.RunAsync(["from-dump", "--local", dump, "--to", TestDatabase.UrlOf(postgres, name), how, .. options]);

        Task<string> SettingsAsync() => postgres.QueryAsync<string>(
            $"""
            SELECT concat_ws(' ', datconnlimit, (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(datacl) acl),
                (SELECT string_agg(concat_ws(' ', nullif(setrole, 0)::regrole, setconfig), ',' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid))
            FROM pg_database d WHERE datname = '{name}'
            """,
            Ct);

        Task<string> AsMadeAsync() => postgres.QueryAsync<string>(
            $"SELECT concat_ws(' ', datdba::regrole, pg_encoding_to_char(encoding), datcollate, datctype, datallowconn) FROM pg_database WHERE datname = '{name}'", Ct);
    }

    [Fact]
    public async Task What_was_made_stays_after_a_commit_and_is_swapped_as_any_other_later()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.DropAsync();
        var refused = await scene.RestoreAsync("--owner", "no_such_role");
        var clean = await scene.RestoreAsync("--strategy", "clean");
        Assert.Equal((15, 15), (refused.ExitCode, clean.ExitCode));
        Assert.Contains("roles are missing: no_such_role", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--strategy swap creates it", clean.Error, StringComparison.Ordinal);

        var result = await scene.RestoreAsync();
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        var first = scene.Run;
        await scene.SpoilAsync();
        (await scene.RestoreAsync()).Succeeded();
        var outOfTurn = await scene.RunAsync("runs", "undo", first, "--yes");
        (await scene.RunAsync("runs", "commit", scene.Run, "--yes")).Succeeded();
        var late = await scene.RunAsync("runs", "undo", first, "--yes");

        Assert.NotEqual(first, scene.Run);
        Assert.Equal((15, 15), (outOfTurn.ExitCode, late.ExitCode));
        Assert.Equal([""], await scene.DatabasesAsync());
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        await scene.DropAsync();
        (await scene.RestoreAsync()).Succeeded();
        (await scene.RunAsync("runs", "commit", scene.Run, "--yes")).Succeeded();
        Assert.Equal(15, (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).ExitCode);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal("", await scene.Live.QueryAsync<string>("SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = current_database()", Ct));
    }

    [Fact]
    public async Task One_that_somebody_makes_meanwhile_is_not_touched()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.DropAsync();
        Assert.Null(await KilledRun.AtAsync(scene.Command("from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes"), KillMoment.Begun("verify")));
        await scene.Live.Postgres.ExecuteAsync($"CREATE DATABASE {scene.Live.Name}", Ct);
        await scene.Live.ExecuteAsync("CREATE TABLE of_somebody (id int)", Ct);

        var resumed = await scene.RunAsync("runs", "resume", scene.Run, "--yes");

        Assert.Equal(20, resumed.ExitCode);
        Assert.Contains("somebody has made a database of that name meanwhile", resumed.Error, StringComparison.Ordinal);
        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
        Assert.Equal([""], await scene.DatabasesAsync());
        Assert.Equal(0, await scene.Live.QueryAsync<long>("SELECT count(*) FROM of_somebody", Ct));
    }
}
