using CnpgRestore.CliTests.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>A restore from a dump into a database at an address, killed.</summary>
/// <param name="strategy">Of from-dump; <c>create</c>: swap, and there is no live database.</param>
/// <param name="former">The live database before the run.</param>
sealed class FromDumpKill(FromDumpScene scene, string strategy, string former) : KillScene
{
    private const string OrdersInDump = "20000";
    private const string Nothing = "there is no such database";

    private readonly HashSet<string> _machines = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KillScene> CreateAsync(TestBed bed, string strategy)
    {
        var scene = await FromDumpScene.CreateAsync(bed, strategy switch { "append" => ["--data-only"], "clean" => ["--clean", "--if-exists"], _ => [] });
        await (strategy switch { "append" => scene.EmptyWithoutKeysAsync(), "create" => scene.DropAsync(), _ => scene.SpoilAsync() });
        return new FromDumpKill(scene, strategy, strategy == "create" ? Nothing : await scene.ContentAsync());
    }

    public override ToolCommand Begin(string state) => Command(state, "from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes", "--strategy", strategy == "create" ? "swap" : strategy);

    /// <summary>By the run's name, as its first machine has shown it. A run that has left nothing on the server is begun again elsewhere.</summary>
    public override async Task<ToolCommand> AgainAsync(string state)
    {
        if (await MarkedRunAsync() is null)
        {
            // What the killed one has sent may come to its end still. And the database beside has the second in its name: another run of the same second
            // is refused. No person is that quick.
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        }

        // Two machines may each have begun a run before either came to its database: the one that has one goes on.
        if (await MarkedRunAsync() is { } marked)
        {
            return IsHere(marked) ? Command(state, "runs", "resume", marked, "--yes") : Command(state, "runs", "resume", marked, "--yes", "--to", scene.Live.Url);
        }

        return Newest() is { } run && IsHere(run) ? Command(state, "runs", "resume", run, "--yes") : Begin(state);

        bool IsHere(string run) => File.Exists(Path.Combine(state, "runs", $"{run}.jsonl"));
    }

    public override async Task AssertSafeAsync()
    {
        if (strategy == "append")
        {
            // Without keys, rows that are loaded twice would not be refused.
            var rows = await scene.Live.QueryAsync<string>("SELECT count(*)::text FROM sales.orders", Ct);
            Assert.True(rows is "0" or OrdersInDump, $"{rows} rows");
            return;
        }

        var now = await ContentAsync();
        Assert.True(now == former || now == scene.Expected, "the live database is neither the former nor the restored one");
    }

    /// <summary>
    /// The live database and those that a run has marked. A kill between CREATE DATABASE and its mark leaves an empty one, which the same machine drops
    /// and another one, where a run begins anew, does not know.
    /// </summary>
    public override async Task<string> WorldAsync() =>
        $"{await scene.Live.Postgres.QueryAsync<long>($"SELECT count(*) FROM pg_database WHERE {Marked}", Ct)} databases that a run has marked\n{await ContentAsync()}";

    private async Task<string> ContentAsync() =>
        await scene.Live.Postgres.QueryAsync<bool>($"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{scene.Live.Name}')", Ct) ? await scene.ContentAsync() : Nothing;

    public override ValueTask DisposeAsync() => scene.DisposeAsync();

    /// <summary>The newest run that has decided something: before that it has no name that anybody could use.</summary>
    private string? Newest() => _machines.Where(Directory.Exists).SelectMany(state => Directory.EnumerateFiles(state, "*.jsonl", SearchOption.AllDirectories))
        .Where(path => File.ReadAllText(path).Contains("\"decided\"", StringComparison.Ordinal))
        .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal).LastOrDefault();

    private string Marked => $"datname LIKE '{scene.Live.Name}%' AND shobj_description(oid, 'pg_database') LIKE 'cnpg-restore %'";

    /// <summary>The newest run that a database on the server names, as <c>runs list --to</c> shows it.</summary>
    private async Task<string?> MarkedRunAsync() =>
        await scene.Live.Postgres.QueryAsync<string>(
            $"""SELECT coalesce(max(substring(shobj_description(oid, 'pg_database') FROM '"run": *"([^"]+)"')), '') FROM pg_database WHERE {Marked}""", Ct) is { Length: > 0 } run ? run : null;

    private ToolCommand Command(string state, params string[] arguments)
    {
        _machines.Add(state);
        var command = scene.Command(arguments);
        return command with { Environment = new Dictionary<string, string>(command.Environment) { ["CNPG_RESTORE_STATE"] = state } };
    }
}
