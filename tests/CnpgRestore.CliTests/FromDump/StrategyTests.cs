using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>Loads into the live database itself: all or nothing, and what is lost is said first.</summary>
public sealed class StrategyTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-Fp", "-c")]
    [InlineData("-Fc", "-Z1")]
    public async Task Clean_drops_what_the_dump_contains_and_makes_it_again(string format, string option)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, format, option);
        await scene.Live.ExecuteAsync("DELETE FROM sales.orders WHERE id > 100; CREATE TABLE other (id int); INSERT INTO other VALUES (1)", Ct);

        var plan = await scene.RestoreAsync("--strategy", "clean", "--dry-run");
        var result = await scene.RestoreAsync("--strategy", "clean");

        Assert.Contains("sales.orders (100 rows)", plan.Output, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(20000, await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.orders", Ct));
        Assert.Equal(1, await scene.Live.QueryAsync<long>("SELECT count(*) FROM other", Ct));
        Assert.Equal(15, (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).ExitCode);
    }

    [Fact]
    public async Task Clean_that_fails_in_the_middle_changes_nothing_and_names_line_and_statement()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, "-c");
        await scene.Live.ExecuteAsync("CREATE TABLE hangs_on (customer int REFERENCES sales.customers)", Ct);
        var before = await scene.ContentAsync();

        var result = await scene.RestoreAsync("--strategy", "clean");

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("hangs_on", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"line \d+, (ALTER TABLE|DROP)", result.Error);
        Assert.Equal(before, await scene.ContentAsync());
    }

    [Theory]
    [InlineData("clean", "-Fp", "-c")]
    [InlineData("clean", "-Fc", "-Z1")]
    [InlineData("append", "-Fp", "-O")]
    public async Task Around_large_objects_the_one_transaction_goes_on_a_key_behind_them_that_fails_changes_nothing(string strategy, string format, string option)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        // A dump that PostgreSQL wrote, and that cannot be loaded: its last statement makes a key to a customer that is not there.
        await scene.Live.ExecuteAsync(
            """
            SELECT lo_from_bytea(0, 'first'); ALTER TABLE sales.orders DROP CONSTRAINT orders_customer_fkey; UPDATE sales.orders SET customer = 999 WHERE id = 7;
            ALTER TABLE sales.orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES sales.customers NOT VALID;
            UPDATE pg_constraint SET convalidated = true WHERE conname = 'orders_customer_fkey';
            """,
            Ct);
        await scene.Live.DumpAsync(Ct, format, option, "-f", scene.Dump);
        await scene.Live.ExecuteAsync(
            strategy == "clean" ? "DELETE FROM sales.orders WHERE id < 100; SELECT lo_put((SELECT oid FROM pg_largeobject_metadata), 0, 'other')" : "SELECT lo_unlink((SELECT oid FROM pg_largeobject_metadata)); DROP SCHEMA sales CASCADE", Ct);
        var before = await scene.ContentAsync();

        var result = await scene.RestoreAsync("--strategy", strategy);
        var again = await scene.RestoreAsync("--strategy", strategy);

        Assert.Equal(before, await scene.ContentAsync());
        Assert.True(result.ExitCode == 20, result.Output + result.Error);
        Assert.Contains("orders_customer_fkey", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"line \d+, ALTER TABLE ONLY sales.orders ADD CONSTRAINT", result.Error.ReplaceLineEndings(" "));
        Assert.True(again.ExitCode == 20, again.Output + again.Error);
    }

    [Theory]
    [InlineData("clean", "-Fp", "-c")]
    [InlineData("clean", "-Fc", "-Z1")]
    [InlineData("append", "-Fp", "-O")]
    public async Task Large_objects_are_loaded_in_the_one_transaction_too(string strategy, string format, string option)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.Live.ExecuteAsync("SELECT lo_from_bytea(0, decode(repeat('cafe', 20000), 'hex')), lo_from_bytea(0, 'second')", Ct);
        var expected = await scene.ContentAsync();
        await scene.Live.DumpAsync(Ct, format, option, "-f", scene.Dump);
        await scene.Live.ExecuteAsync(
            strategy == "clean" ? "DELETE FROM sales.orders; SELECT lo_put(oid, 0, 'other') FROM pg_largeobject_metadata" : "SELECT lo_unlink(oid) FROM pg_largeobject_metadata; DROP SCHEMA sales CASCADE", Ct);

        var result = await scene.RestoreAsync("--strategy", strategy);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(expected, await scene.ContentAsync());
    }

    [Fact]
    public async Task Append_adds_rows_sets_sequences_and_counts_both()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, "--data-only");
        await scene.Live.ExecuteAsync("DELETE FROM sales.orders; DELETE FROM sales.customers; INSERT INTO sales.customers VALUES (5000, 'here before')", Ct);

        var result = await scene.RestoreAsync("--strategy", "append");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(201, await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.customers", Ct));
        Assert.Equal(5001, await scene.Live.QueryAsync<int>("INSERT INTO sales.customers (name) VALUES ('next') RETURNING id", Ct));
        Assert.Contains("1 were behind", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_that_meets_the_same_keys_changes_nothing()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, "--data-only");
        await scene.Live.ExecuteAsync("DELETE FROM sales.orders WHERE id < 20000", Ct);
        var before = await scene.ContentAsync();

        var result = await scene.RestoreAsync("--strategy", "append");

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("duplicate key", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await scene.ContentAsync());
        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
    }

    [Fact]
    public async Task One_database_comes_out_of_a_dump_of_the_whole_server_with_its_roles_and_nothing_else_changes()
    {
        await using var own = await PostgresServer.CreateAsync(new PostgresOptions(), Ct);
        await using var scene = await FromDumpScene.CreateAsync(own);
        var (name, postgres) = (scene.Live.Name, scene.Live.Postgres);
        var (owner, reader, granter) = ($"{name}_owner", $"{name}_reader", $"{name}_granter");
        await scene.Live.ExecuteAsync($"CREATE ROLE {owner} LOGIN PASSWORD 'pw-of-owner'; CREATE ROLE {reader}; ALTER TABLE sales.orders OWNER TO {owner}; GRANT SELECT ON sales.customers TO {reader}", Ct);
        // Who is a member of a role that is needed comes along, and whoever is in nothing is named.
        await scene.Live.ExecuteAsync($"CREATE ROLE {name}_alone; CREATE ROLE {granter}; GRANT {reader} TO {granter} WITH ADMIN OPTION; GRANT {reader} TO {owner} GRANTED BY {granter}", Ct);
        var expected = await scene.ContentAsync();
        await postgres.ExecuteAsync($"CREATE DATABASE {name}_neighbour", Ct);
        var all = Path.Combine(scene.Folder, "all.sql");
        (await ToolProcess.RunAsync(postgres.Command("pg_dumpall", "-c", "-f", all), Ct)).Succeeded();
        await scene.SpoilAsync();
        await scene.Live.ExecuteAsync($"ALTER TABLE sales.orders OWNER TO postgres; REVOKE ALL ON sales.customers FROM {reader}; DROP ROLE {reader}; DROP ROLE {owner}; DROP ROLE {granter}; DROP ROLE {name}_alone", Ct);
        await postgres.ExecuteAsync("ALTER ROLE postgres SET work_mem TO '9MB'", Ct);

        var refused = await scene.RestoreFileAsync(all, "--no-roles");
        var result = await scene.RestoreFileAsync(all, "--database", name);

        Assert.Equal(15, refused.ExitCode);
        Assert.Contains("roles are missing", refused.Error, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(expected, await scene.ContentAsync());
        Assert.True(await postgres.QueryAsync<bool>($"SELECT rolcanlogin AND rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname = '{owner}'", Ct));
        Assert.True(await postgres.QueryAsync<bool>($"SELECT pg_has_role('{granter}', '{reader}', 'MEMBER')", Ct));
        Assert.Contains($"roles of the dump that are not created, as nothing of {name} needs them: {name}_alone", (result.Output + result.Error).ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains($"GRANTED BY {granter}", await File.ReadAllTextAsync(all, Ct), StringComparison.Ordinal);
        Assert.True(await postgres.QueryAsync<bool>($"SELECT pg_has_role('{owner}', '{reader}', 'MEMBER')", Ct));
        Assert.Equal("{work_mem=9MB}", await postgres.QueryAsync<string>("SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = 'postgres'::regrole", Ct));
        Assert.True(await postgres.QueryAsync<bool>($"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{name}_neighbour')", Ct));
        Assert.DoesNotContain("SCRAM", string.Concat(Directory.GetFiles(Path.Combine(scene.State, "runs")).Select(File.ReadAllText)) + result.Output + result.Error, StringComparison.Ordinal);
        await postgres.ExecuteAsync("ALTER ROLE postgres RESET work_mem", Ct);
        await scene.RunAsync("runs", "commit", scene.Run, "--yes");
        await scene.Live.ExecuteAsync($"DROP OWNED BY {owner}, {reader} CASCADE; DROP ROLE {owner}, {reader}", Ct);
    }
}
