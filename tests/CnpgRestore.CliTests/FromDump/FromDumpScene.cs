using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>A live database, its dump of an earlier time, and <c>cnpg-restore from-dump</c> between them.</summary>
sealed class FromDumpScene : IAsyncDisposable
{
    /// <summary>What the dump has.</summary>
    private const string Shop = """
        CREATE SCHEMA sales;
        CREATE TABLE sales.customers (id serial PRIMARY KEY, name text NOT NULL);
        CREATE TABLE sales.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL REFERENCES sales.customers, note text);
        CREATE TABLE sales.nothing (id int);
        CREATE VIEW sales.big AS SELECT * FROM sales.orders WHERE id > 10;
        INSERT INTO sales.customers (name) SELECT E'c\t' || g FROM generate_series(1, 200) g;
        INSERT INTO sales.orders (customer, note) SELECT 1 + g % 200, repeat('x', g % 50) FROM generate_series(1, 20000) g;
        CREATE INDEX ON sales.orders (customer);
        """;

    private readonly TemporaryFolder _folder = new("from-dump");

    private FromDumpScene(TestDatabase live) => Live = live;

    public TestDatabase Live { get; }

    public string Folder => _folder.Path;

    public string State => Path.Combine(_folder.Path, "state");

    /// <summary>Plain, of before <see cref="SpoilAsync"/>.</summary>
    public string Dump => Path.Combine(_folder.Path, "app.sql");

    /// <summary>What <c>pg_dump</c> says of the database that was dumped.</summary>
    public string Expected { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<FromDumpScene> CreateAsync(TestBed bed, params string[] dumpOptions) => await CreateAsync(await bed.PostgresAsync(Ct), dumpOptions);

    /// <summary>On a server of its own: for pg_dumpall, which stops where a database of another test goes.</summary>
    public static async Task<FromDumpScene> CreateAsync(PostgresServer postgres, params string[] dumpOptions)
    {
        var scene = new FromDumpScene(await TestDatabase.CreateAsync(postgres, Shop, Ct));
        await PostgresUser.OwnAsync(scene.Folder, Ct);
        scene.Expected = await scene.ContentAsync();
        await scene.Live.DumpAsync(Ct, [.. dumpOptions, "-f", scene.Dump]);
        return scene;
    }

    /// <summary>The accident: rows are lost, others are written, the schema changes.</summary>
    public Task SpoilAsync() => Live.ExecuteAsync("DELETE FROM sales.orders WHERE id > 100; INSERT INTO sales.customers (name) VALUES ('late'); DROP VIEW sales.big", Ct);

    /// <summary>The whole database is lost.</summary>
    public Task DropAsync() => Live.Postgres.ExecuteAsync($"DROP DATABASE {Live.Name}", Ct);

    /// <summary>For a dump of the data alone: tables without rows, and without keys that would refuse to have them twice.</summary>
    public async Task EmptyWithoutKeysAsync()
    {
        await Live.ExecuteAsync("DROP TABLE sales.orders CASCADE; CREATE TABLE sales.orders (id bigint, customer int, note text)", Ct);
        await Live.ExecuteAsync("ALTER TABLE sales.customers DROP CONSTRAINT customers_pkey CASCADE; TRUNCATE sales.customers", Ct);
        var dump = (await File.ReadAllTextAsync(Dump, Ct)).Split('\n').Where(line => !line.Contains("orders_id_seq", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Dump, string.Join('\n', dump), Ct);
    }

    /// <summary>Everything in a database, as text that is equal where the contents are.</summary>
    public async Task<string> ContentAsync(string? database = null)
    {
        var dump = (await ToolProcess.RunAsync(Live.Postgres.Command("pg_dump", "--restrict-key=same", "-d", database ?? Live.Name), Ct)).Succeeded().Output;
        // Rows lie where they were written; their order says nothing.
        return string.Join('\n', dump.Split('\n').Order(StringComparer.Ordinal));
    }

    public ToolCommand Command(params string[] arguments) => NativeProgram.Command(arguments) with
    {
        Environment = new Dictionary<string, string> { ["CNPG_RESTORE_STATE"] = State, ["HOME"] = Folder, ["PGPASSWORD"] = "" },
    };

    /// <summary>from-dump with the live database and all consents.</summary>
    public Task<ToolResult> RestoreAsync(params string[] options) => RestoreFileAsync(Dump, options);

    public Task<ToolResult> RestoreFileAsync(string dump, params string[] options) => RunAsync(["from-dump", "--local", dump, "--to", Live.Url, "--yes", .. options]);

    public Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(Command(arguments), Ct);

    /// <summary>The newest run of this scene.</summary>
    public string Run => NewestRun(State);

    /// <summary>By the second in its name, and of two runs of one second the one whose journal was written last.</summary>
    public static string NewestRun(string state, string pattern = "*") => Path.GetFileNameWithoutExtension(
        Directory.GetFiles(Path.Combine(state, "runs"), pattern).Where(path => new FileInfo(path).Length > 0)
            .MaxBy(path => (Path.GetFileName(path)[..16], File.GetLastWriteTimeUtc(path)))!);

    /// <summary>The databases of this scene, the live one without its name.</summary>
    public async Task<IReadOnlyList<string>> DatabasesAsync() =>
        (await Live.Postgres.QueryAsync<string>($"SELECT string_agg(substr(datname, {Live.Name.Length + 1}), ',' ORDER BY datname) FROM pg_database WHERE datname LIKE '{Live.Name}%'", Ct)).Split(',');

    public async ValueTask DisposeAsync()
    {
        await Live.DisposeAsync();
        _folder.Dispose();
    }
}
