using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Collects indexes, keys and triggers while the reader goes on, and runs them side by side before anything that is not one of them.</summary>
/// <param name="rows">How large each table is.</param>
/// <param name="onDone">Told after each statement.</param>
sealed class PostDataLoad(LoadSessions sessions, RowTally rows, Action onDone)
{
    // Their text waits in memory; nobody has so many that it matters where they are cut.
    private const long MostText = 16 << 20;

    // Of the dump's text. Smaller tables are read so fast that a statement more is no gain.
    private const long LeastVacuumed = 64 << 10;

    private readonly List<(DumpStatement Statement, IReadOnlyList<StatementLock> Locks)> _waiting = [];
    private readonly Dictionary<DumpEncoding, StatementLocks> _locks = [];
    private long _text;
    private readonly HashSet<QualifiedName> _vacuumed = [];
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

        var first = await sessions.GetAsync(0, ct);
        var tree = await TableTree.ReadAsync(first, _waiting[0].Statement, ct);
        await VacuumAsync(tree, first, ct);
        var graph = _running = new StatementGraph();
        foreach (var (statement, locks) in _waiting)
        {
            Add(graph, tree, statement, locks);
        }

        _waiting.Clear();
        _text = 0;
        await RunAsync(graph, ct);
        _running = null;
    }

    private Task RunAsync(StatementGraph graph, CancellationToken ct) => graph.RunAsync(sessions.Count, async (statement, number, sessionsAreIdle) =>
    {
        var session = await sessions.GetAsync(number, ct);
        await session.AllowAsync(Allowance(statement, sessionsAreIdle), statement, ct);
        await session.RunAsync(statement.Before is { } before ? [before, statement] : [statement], ct);
        onDone();
    });

    /// <summary>
    /// Before anything is built on them, the pages of the tables are marked as visible to everybody: once, instead of row by row in the first index. A check of a
    /// key then reads two indexes instead of two tables, and so does who counts rows.
    /// </summary>
    private async Task VacuumAsync(TableTree tree, LoadSession first, CancellationToken ct)
    {
        // What is stored beside a large table is not read by any of that.
        var options = first.ServerMajor >= 14 ? "(TRUNCATE FALSE, PROCESS_TOAST FALSE) " : "";
        var graph = new StatementGraph();
        foreach (var (statement, locks) in _waiting)
        {
            foreach (var table in locks.Select(wish => wish.Name).Where(name => rows.BytesOf(name) >= LeastVacuumed && _vacuumed.Add(name)))
            {
                byte[] vacuum = [.. "VACUUM "u8, .. Encoding.ASCII.GetBytes(options), .. statement.State.Encoding.Text.GetBytes(table.Sql), .. ";"u8];
                graph.Add(statement with { Text = vacuum }, tree.Expand([new StatementLock(table, IsExclusive: true, WithPartitions: true)]), rows.BytesOf(table));
            }
        }

        if (graph.Unfinished > 0)
        {
            // No row is marked whose commit is not on the disk, nor one near to it in time (SetHintBits, src/backend/access/heap/heapam_visibility.c): so all of
            // them come before the first commit of an index.
            await first.FlushAsync(_waiting[0].Statement, ct);
            await RunAsync(graph, ct);
        }
    }

    private BuildAllowance Allowance(DumpStatement statement, bool sessionsAreIdle) => new(
        InParallel: sessionsAreIdle,
        // Several processes share the memory, and are taken only where each gets enough of it.
        Memory: !sessionsAreIdle && BTreeBuild.TableOf(statement.Text, statement.State.Encoding.Text) is { } table ? BTreeBuild.SortMemory(rows.BytesOf(table)) : null);

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
