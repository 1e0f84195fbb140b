using CnpgRestore.Databases;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Databases;

/// <summary>Ways to a server, and what is said where one is closed.</summary>
public sealed class ConnectionTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres://alice@db.example.com:6543/app", "db.example.com:6543", "alice", "app")]
    [InlineData("postgresql://db.example.com/my%20app?user=bob", "db.example.com:5432", "bob", "my app")]
    [InlineData("postgres://alice@[2001:db8::1]:6543/app", "2001:db8::1:6543", "alice", "app")]
    [InlineData("postgres://alice@%2Fvar%2Frun%2Fpostgresql/app", "/var/run/postgresql/.s.PGSQL.5432", "alice", "app")]
    [InlineData("postgres:///app?host=/tmp&port=5433&user=alice&sslmode=disable", "/tmp/.s.PGSQL.5433", "alice", "app")]
    [InlineData("postgres://alice@localhost", "localhost:5432", "alice", "alice")]
    public void A_url_is_read_as_libpq_reads_it(string text, string address, string user, string database)
    {
        var url = ServerUrl.Parse(text);

        Assert.Equal((address, user, database), (url.Address, url.User, url.Database));
        Assert.Equal(url.ToString(), ServerUrl.Parse(url.ToString()).ToString());
    }

    [Theory]
    [InlineData("mysql://alice@localhost/app")]
    [InlineData("localhost")]
    [InlineData("postgres://a,b/app")]
    [InlineData("postgres://localhost:five/app")]
    [InlineData("postgres://localhost/app?sslmod=require")]
    public void A_url_that_libpq_would_not_take_is_a_usage_error(string text) =>
        Assert.Equal(ProblemCode.Usage, Assert.Throws<RestoreException>(() => ServerUrl.Parse(text)).Problem.Code);

    [Fact]
    public void A_password_in_the_url_is_shown_nowhere()
    {
        var url = ServerUrl.Parse("postgres://alice:s3cret@localhost/app");

        Assert.Equal("s3cret", url.Password?.Reveal());
        Assert.DoesNotContain("s3cret", $"{url} {url.Address} {url with { Port = 1 }}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_says_so()
    {
        await using var server = new UrlServer(ServerUrl.Parse("postgres://postgres@127.0.0.1:1/app"));

        var e = await Assert.ThrowsAsync<RestoreException>(() => DatabaseSession.OpenAsync(server, "app", Ct));

        Assert.Equal(ProblemCode.Unreachable, e.Problem.Code);
        Assert.StartsWith("Connection refused", e.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_and_a_role_that_do_not_exist_are_told_apart()
    {
        var postgres = await bed.PostgresAsync(Ct);
        await using var server = new UrlServer(ServerUrl.Parse(TestDatabase.UrlOf(postgres, "postgres")));
        await using var nobody = new UrlServer(ServerUrl.Parse(TestDatabase.UrlOf(postgres, "postgres").Replace("postgres@", "nobody_here@", StringComparison.Ordinal)));

        Assert.Equal(ProblemCode.NotFound, (await Assert.ThrowsAsync<RestoreException>(() => DatabaseSession.OpenAsync(server, "no_such_db", Ct))).Problem.Code);
        Assert.Equal(ProblemCode.AccessDenied, (await Assert.ThrowsAsync<RestoreException>(() => DatabaseSession.OpenAsync(nobody, "postgres", Ct))).Problem.Code);
    }

    [Fact]
    public async Task A_statement_that_is_not_permitted_says_so()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), "CREATE TABLE t (id int);", Ct);
        await using var session = await DatabaseSession.OpenAsync(database.Server, database.Name, Ct);
        await session.ExecuteAsync("SET ROLE pg_monitor", Ct);

        var e = await Assert.ThrowsAsync<RestoreException>(() => session.ExecuteAsync("INSERT INTO public.t VALUES (1)", Ct));

        Assert.Equal(ProblemCode.AccessDenied, e.Problem.Code);
        Assert.StartsWith("Permission denied", e.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_program_finds_the_server_gets_its_input_and_gives_its_lines()
    {
        await using var database = await TestDatabase.CreateAsync(await bed.PostgresAsync(Ct), "CREATE TABLE t (id int);", Ct);
        var lines = new List<string>();

        var ended = await database.Server.RunAsync(
            new ClientCommand("psql", database.Name, "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-")
            {
                Input = async (input, ct) => await input.WriteAsync("INSERT INTO t VALUES (7); SELECT id FROM t;\nSELECT no_such();\nSELECT 8;\n"u8.ToArray(), ct),
                OnLine = lines.Add,
            },
            Ct);

        Assert.Equal(3, ended.ExitCode);
        Assert.Contains("no_such", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(["7"], lines);
    }
}
