using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Collects indexes, keys and triggers while the reader goes on, and runs them side by side before anything that is not one of them.</summary>
/// <param name="rows">How large each table is.</param>
/// <param name="onDone">Told after each statement.</param>
sealed class PostDataLoad(LoadSessions sessions, RowTally rows, Action onDone)
{
    // Their text waits in memory; nobody has so many that it matters where they are cut.
    private const long MostText = 16 << 20;

    private readonly List<(DumpStatement Statement, IReadOnlyList<StatementLock> Locks)> _waiting = [];
    private readonly Dictionary<DumpEncoding, StatementLocks> _locks = [];
    private long _text;
    private StatementGraph? _running;

    public int Waiting => _running?.Unfinished ?? _waiting.Count;

    /// <summary>Whether it must run before more is added.</summary>
    public bool IsFull => _text > MostText;

    /// <returns>False for a statement that runs in its place.</returns>
    public bool TryAdd(DumpStatement statement)
    {
        if (!_locks.TryGetValue(statement.State.Encoding, out var known))
        {
            _locks[statement.State.Encoding] = known = new StatementLocks(statement.State.Encoding.Text);
        }

        if (known.Of(statement.Text) is not { } locks)
        {
            return false;
        }

        _waiting.Add((statement, locks));
        _text += statement.Text.Length;
        return true;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var tree = await TableTree.ReadAsync(await sessions.GetAsync(0, ct), _waiting[0].Statement, ct);
        var graph = _running = new StatementGraph();
        foreach (var (statement, locks) in _waiting)
        {
            Add(graph, tree, statement, locks);
        }

        _waiting.Clear();
        _text = 0;
        await graph.RunAsync(sessions.Count, async (statement, number, sessionsAreIdle) =>
        {
            var session = await sessions.GetAsync(number, ct);
            await session.AllowParallelBuildsAsync(sessionsAreIdle, statement, ct);
            await session.RunAsync([statement], ct);
            onDone();
        });
        _running = null;
    }

    private void Add(StatementGraph graph, TableTree tree, DumpStatement statement, IReadOnlyList<StatementLock> locks)
    {
        var expanded = tree.Expand(locks).ToList();
        var effort = 1 + expanded.Sum(wish => rows.BytesOf(wish.Name));
        if (sessions.Count > 1 && ForeignKey.TryParse(statement.Text, statement.State.Encoding.Text) is { } key
            && tree.IsAlone(key.Table) && tree.IsAlone(key.Referenced) && key.Split(statement) is var (add, validate))
        {
            graph.Add(add, expanded, effort: 1);
            // The rows of the table that is referred to stay what they are: no later statement changes them.
            graph.Add(validate, [new StatementLock(key.Table, IsExclusive: true)], effort);
        }
        else
        {
            graph.Add(statement, expanded, effort);
        }
    }
}
