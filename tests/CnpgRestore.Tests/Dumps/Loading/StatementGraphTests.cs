using System.Text;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Dumps.Loading;

/// <summary>Statements run side by side as far as their locks let them, and never further.</summary>
public sealed class StatementGraphTests
{
    private static readonly Gen<(int Name, bool IsExclusive)[][]> Statements = Gen.Select(Gen.Int[0, 4], Gen.Bool).Array[1, 3].Array[1, 30];

    [Fact]
    public async Task Two_that_conflict_never_run_at_once_and_keep_their_order() => await Statements.SampleAsync(async statements =>
    {
        var graph = new StatementGraph();
        foreach (var (locks, number) in statements.Select((locks, number) => (locks, number)))
        {
            graph.Add(Statement(number), locks.Select(Lock), effort: number % 3);
        }

        var (gate, running, started, together) = (new Lock(), new HashSet<int>(), new List<int>(), 0);
        await graph.RunAsync(sessions: 3, async (statement, _, _) =>
        {
            var number = (int)statement.Line;
            lock (gate)
            {
                Assert.DoesNotContain(running, other => Conflict(statements[number], statements[other]));
                Assert.DoesNotContain(Enumerable.Range(0, number), earlier => !started.Contains(earlier) && Conflict(statements[number], statements[earlier]));
                running.Add(number);
                started.Add(number);
                together = Math.Max(together, running.Count);
            }

            await Task.Yield();
            lock (gate)
            {
                running.Remove(number);
            }
        });

        Assert.Equal(statements.Length, started.Count);
        Assert.InRange(together, 1, 3);
    });

    [Fact]
    public async Task What_holds_up_the_most_work_comes_first()
    {
        var graph = new StatementGraph();
        graph.Add(Statement(0), [Lock((0, false))], effort: 10);
        graph.Add(Statement(1), [Lock((1, true))], effort: 5);
        graph.Add(Statement(2), [Lock((1, true))], effort: 8);
        var order = new List<long>();

        await graph.RunAsync(sessions: 1, (statement, _, _) =>
        {
            order.Add(statement.Line);
            return Task.CompletedTask;
        });

        Assert.Equal([1, 0, 2], order);
    }

    [Fact]
    public async Task The_longest_chain_counts_and_not_the_shortest()
    {
        var graph = new StatementGraph();
        graph.Add(Statement(0), [Lock((0, true))], effort: 5);
        graph.Add(Statement(1), [Lock((1, true)), Lock((2, true))], effort: 1);
        graph.Add(Statement(2), [Lock((1, true))], effort: 1);
        graph.Add(Statement(3), [Lock((2, true))], effort: 10);
        var order = new List<(long Line, int Session, int Unfinished)>();

        await graph.RunAsync(sessions: 1, (statement, session, _) =>
        {
            order.Add((statement.Line, session, graph.Unfinished));
            return Task.CompletedTask;
        });

        Assert.Equal([(1, 0, 4), (3, 0, 3), (0, 0, 2), (2, 0, 1)], order);
        Assert.Equal(0, graph.Unfinished);
    }

    [Theory]
    [InlineData(2, false, false)]
    [InlineData(3, true, true)]
    [InlineData(4, true, true)]
    public async Task A_statement_is_told_whether_sessions_are_left_over(int sessions, bool first, bool second)
    {
        var graph = new StatementGraph();
        graph.Add(Statement(0), [Lock((0, true))], effort: 2);
        graph.Add(Statement(1), [Lock((1, true))], effort: 1);
        var told = new (int Session, bool SessionsAreIdle)[2];
        var (both, begun) = (new TaskCompletionSource(), 0);

        await graph.RunAsync(sessions, async (statement, session, sessionsAreIdle) =>
        {
            told[statement.Line] = (session, sessionsAreIdle);
            if (++begun == 2)
            {
                both.SetResult();
            }

            await both.Task;
        });

        Assert.Equal([(0, first), (1, second)], told);
    }

    [Fact]
    public async Task The_first_error_ends_the_run_when_what_is_running_has_ended()
    {
        var graph = new StatementGraph();
        graph.Add(Statement(0), [Lock((0, true))], effort: 1);
        graph.Add(Statement(1), [Lock((1, true))], effort: 1);
        graph.Add(Statement(2), [Lock((1, true))], effort: 1);
        var (other, ended) = (new TaskCompletionSource(), false);

        var run = graph.RunAsync(sessions: 2, async (statement, _, _) =>
        {
            if (statement.Line == 0)
            {
                await other.Task;
                await Task.Delay(TimeSpan.FromMilliseconds(50));
                ended = true;
                return;
            }

            other.SetResult();
            throw new InvalidOperationException($"statement {statement.Line}");
        });

        Assert.Equal("statement 1", (await Assert.ThrowsAsync<InvalidOperationException>(() => run)).Message);
        Assert.True(ended);
    }

    private static bool Conflict((int Name, bool IsExclusive)[] left, (int Name, bool IsExclusive)[] right) =>
        left.Any(one => right.Any(two => one.Name == two.Name && (one.IsExclusive || two.IsExclusive)));

    private static StatementLock Lock((int Name, bool IsExclusive) wish) => new(new QualifiedName("public", $"t{wish.Name}"), wish.IsExclusive);

    private static DumpStatement Statement(int number) => new(Encoding.UTF8.GetBytes($"statement {number};"), number, SessionState.Initial);
}
