using CnpgRestore.Databases;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Dumps;

/// <summary>Two major versions of PostgreSQL: a dump goes from the older to the newer one, never back.</summary>
public sealed class NewerPostgresTests(LoadScene older, NewerScene newerScene) : IClassFixture<LoadScene>, IClassFixture<NewerScene>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("--rows-per-insert=7")]
    [InlineData("--load-via-partition-root --no-owner")]
    public async Task What_the_newer_pg_dump_writes_comes_back_as_with_its_psql(string options)
    {
        var newer = await newerScene.GetAsync(Ct);
        var dump = await newer.DumpAsync(LoadScene.Zoo, Ct, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("\n\\restrict ", await File.ReadAllTextAsync(dump, Ct), StringComparison.Ordinal);

        await LoadsAsPsqlDoesAsync(newer, dump);
    }

    [Fact]
    public async Task One_database_comes_out_of_what_the_newer_pg_dumpall_writes()
    {
        var newer = await newerScene.GetAsync(Ct);
        var target = await newer.NewDatabaseAsync(Ct);

        await newer.LoadAsync(await newer.DumpAllAsync(Ct, "--clean", "--if-exists"), target, Ct, part: LoadScene.Zoo);

        Assert.Equal(await newer.ContentAsync(LoadScene.Zoo, Ct), await newer.ContentAsync(target, Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--inserts")]
    public async Task A_dump_of_the_older_server_goes_into_the_newer_one(string options)
    {
        var newer = await newerScene.GetAsync(Ct);
        await LoadsAsPsqlDoesAsync(newer, await older.DumpAsync(LoadScene.Zoo, Ct, options.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task A_dump_of_the_newer_server_is_refused_by_the_older_one()
    {
        var newer = await newerScene.GetAsync(Ct);
        var major = await newer.Postgres.QueryAsync<string>("SELECT split_part(current_setting('server_version'), '.', 1)", Ct);
        var dump = await newer.DumpAsync(LoadScene.Zoo, Ct);
        var target = await older.NewDatabaseAsync(Ct);
        var url = TestDatabase.UrlOf(older.Postgres, target);
        await using var server = new UrlServer(ServerUrl.Parse(url));
        await using var session = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, Ct);
        var request = new FromDumpRequest { Dump = dump, Database = target, To = url, Jobs = 2 };

        var e = await Assert.ThrowsAsync<RestoreException>(() => new FromDumpPlanner(server, session).PlanAsync(request, "20261122t140000z-from-dump-4f2a", progress: null, Ct));

        Assert.Equal(ProblemCode.Refused, e.Problem.Code);
        Assert.Equal($"the dump is newer than the server: it needs PostgreSQL {major}", e.Problem.Message);
    }

    [Fact]
    public async Task A_dump_of_the_older_server_that_the_newer_pg_dump_writes_goes_back_into_it()
    {
        var program = Path.Combine(await PostgresServer.NewerProgramsAsync(Ct), "pg_dump");
        var dump = older.NewPath();
        await DumpAsync("--no-subscriptions");
        Assert.Contains("\nSET transaction_timeout = 0;\n", await File.ReadAllTextAsync(dump, Ct), StringComparison.Ordinal);
        var target = await older.NewDatabaseAsync(Ct);
        var url = TestDatabase.UrlOf(older.Postgres, target);
        await using var server = new UrlServer(ServerUrl.Parse(url));
        await using var session = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, Ct);
        var request = new FromDumpRequest { Dump = dump, Database = target, To = url, Jobs = 2 };

        var plan = await new FromDumpPlanner(server, session).PlanAsync(request, "20261122t140000z-from-dump-4f2b", progress: null, Ct);
        var e = await Assert.ThrowsAsync<RestoreException>(() => new FromDumpPlanner(server, session).PlanAsync(request with { Engine = LoadEngine.Psql }, "20261122t140000z-from-dump-4f2c", progress: null, Ct));
        await older.LoadAsync(dump, target, Ct);
        await DumpAsync();
        var subscribed = await Assert.ThrowsAsync<RestoreException>(() => new FromDumpPlanner(server, session).PlanAsync(request, "20261122t140000z-from-dump-4f2d", progress: null, Ct));

        Assert.Contains(plan.Notes, note => note.Contains("which is newer than the server", StringComparison.Ordinal));
        Assert.StartsWith("the dump is newer than the server", e.Problem.Message, StringComparison.Ordinal);
        Assert.StartsWith("the dump is newer than the server", subscribed.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(Unsubscribed(await older.ContentAsync(LoadScene.Zoo, Ct)), Unsubscribed(await older.ContentAsync(target, Ct)));

        async Task DumpAsync(params string[] options) => (await ToolProcess.RunAsync(older.Postgres.Command(program, ["-d", LoadScene.Zoo, "-f", dump, .. options]), Ct)).Succeeded();
        static IEnumerable<string> Unsubscribed(string content) =>
            content.Split('\n').Where(line => line.Length > 0 && line != "--" && !line.Contains("SUBSCRIPTION", StringComparison.Ordinal));
    }

    private static async Task LoadsAsPsqlDoesAsync(LoadScene scene, string dump)
    {
        var (byPsql, byUs) = (await scene.NewDatabaseAsync(Ct), await scene.NewDatabaseAsync(Ct));

        await scene.LoadByPsqlAsync(dump, byPsql, Ct);
        var result = await scene.LoadAsync(dump, byUs, Ct);

        Assert.Equal(await scene.ContentAsync(byPsql, Ct), await scene.ContentAsync(byUs, Ct));
        Assert.True(result.Took.ContainsKey(LoadPhase.Indexes));
    }
}
