using CnpgRestore.Databases;
using CnpgRestore.Databases.Sequences;
using CnpgRestore.Databases.Verification;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Databases;

/// <summary><c>verify</c> and <c>sequences</c> over a line that breaks: the same as on a good one when they are run again, and no difference that is none.</summary>
public sealed class LostSessionTests(TestBed bed) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PostgresFaultProxy _proxy = null!;

    public static MatrixTheoryData<string, string> Moments => new(["count(*)", "pg_index", "check_of_mine"], ["dropped connection", "terminated backend"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var postgres = await bed.PostgresAsync(Ct);
        _database = await TestDatabase.CreateAsync(postgres, "CREATE TABLE t (id serial PRIMARY KEY, u serial); INSERT INTO t SELECT g, g FROM generate_series(1, 50) g; ANALYZE", Ct);
        _proxy = new PostgresFaultProxy(postgres);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_verification_that_loses_its_session_says_so_and_finds_no_difference(string words, string fault)
    {
        await using var server = Open();
        var expected = await BaselineAsync(server);
        var checks = SqlCheck.Parse("SELECT true AS check_of_mine;\n", _database.Name);
        await FixAsync(server);
        _proxy.On(words, Times.First(1), PostgresFaults.All[fault]);

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => new DatabaseVerification(server, _database.Name).RunAsync(expected, checks, progress: null, Ct))).Problem;

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        _proxy.Heal();
        Assert.True((await new DatabaseVerification(server, _database.Name).RunAsync(expected, checks, progress: null, Ct)).Passed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sequences_that_lose_their_session_midway_are_finished_by_doing_it_again(bool after)
    {
        await using var server = Open();
        _proxy.On("setval", Times.Only(2), after ? PostgresFaults.CutAfter : PostgresFaults.CutBefore);

        Assert.Equal(ProblemCode.Unreachable, (await Assert.ThrowsAsync<RestoreException>(() => FixAsync(server))).Problem.Code);

        _proxy.Heal();
        await FixAsync(server);
        Assert.Equal((51, 51), (await _database.QueryAsync<long>("SELECT nextval('t_id_seq')", Ct), await _database.QueryAsync<long>("SELECT nextval('t_u_seq')", Ct)));
    }

    [Theory]
    [InlineData("idle_session_timeout")]
    [InlineData("idle_in_transaction_session_timeout")]
    [InlineData("statement_timeout")]
    public async Task A_session_that_rests_during_a_load_outlives_every_limit_of_the_server(string limit)
    {
        await _database.ExecuteAsync($"ALTER DATABASE {_database.Name} SET {limit} TO '500ms'", Ct);
        await using var server = Open();
        await using var resting = await DatabaseSession.OpenAsync(server, _database.Name, Ct);
        await resting.ExecuteAsync(limit == "idle_session_timeout" ? "SELECT 1" : "BEGIN", Ct);

        await _database.Postgres.QueryAsync<bool>("SELECT pg_sleep(0.8) IS NOT NULL", Ct);

        Assert.Equal("0", await resting.ValueAsync<string>($"SELECT current_setting('{limit}')", Ct));
    }

    private UrlServer Open() => new(ServerUrl.Parse(_proxy.UrlOf(_database.Name)));

    private async Task<Expectation> BaselineAsync(UrlServer server)
    {
        await using var session = await DatabaseSession.OpenAsync(server, _database.Name, Ct);
        return Expectation.Of(await new Relations(session).TakeBaselineAsync(TimeProvider.System, progress: null, Ct));
    }

    private async Task FixAsync(UrlServer server)
    {
        await using var session = await DatabaseSession.OpenAsync(server, _database.Name, Ct);
        await new SequenceFix(session).FixAsync(await new SequenceSurvey(session).ReadAsync(Ct), Ct);
    }
}
