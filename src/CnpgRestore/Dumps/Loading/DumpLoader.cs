using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;
using Npgsql;
using static System.FormattableString;

namespace CnpgRestore.Dumps.Loading;

/// <summary>
/// Loads one database's part of a plain dump: rows over several connections, then indexes and keys side by side, everything else one by one in its
/// place. A script that pg_dump did not write is run in order from its first statement to its last.
/// </summary>
public sealed class DumpLoader : IAsyncDisposable
{
    private readonly LoadRequest _request;
    private readonly LoadSessions _sessions;
    private readonly DatabasePart _part;
    private readonly DataLoad _data;
    private readonly PostDataLoad _postData;
    private readonly StatementBatch _inserts = new();
    private readonly StatementBatch _transaction = new();
    private readonly RowTally _rows = new();
    private readonly List<StatementNotRun> _notRun = [];
    private readonly NeedlessStatements? _needless;
    private readonly Action _report;
    private IReadOnlySet<QualifiedName>? _independent;
    private SessionState _state = SessionState.Initial;
    private DumpStatement? _copy;
    private QualifiedName _insertTable;
    private readonly PhaseClock _phases = new();
    private long _statements;
    private bool _inTransaction;

    private DumpLoader(LoadRequest request, NpgsqlDataSource target, DumpText text, IProgress<LoadProgress>? progress)
    {
        _request = request;
        _needless = request.IntoNew ? new NeedlessStatements() : null;
        _sessions = new LoadSessions(target, Math.Max(1, request.Jobs));
        _part = new DatabasePart(request.Database);
        _data = new DataLoad(_sessions);
        _report = () => progress?.Report(new LoadProgress(_phases.Current, text.Read, request.Dump.Size, _rows.Rows, _statements, _postData!.Waiting));
        _postData = new PostDataLoad(_sessions, _rows, _report);
    }

    /// <param name="target">The database, of settings that <see cref="LoadConnection.Prepare"/> has seen.</param>
    /// <param name="progress">Told after each piece; calls come from many threads.</param>
    /// <exception cref="RestoreException">
    /// The first error, with the statement and its line; what was loaded until then stays in the target. Exit 2: several databases, and none is named.
    /// 10: the database is not in the dump. 12: permission. 13: the connection. 20: everything else.
    /// </exception>
    public static async Task<LoadResult> LoadAsync(LoadRequest request, NpgsqlDataSource target, IProgress<LoadProgress>? progress, CancellationToken ct)
    {
        if (!LoadConnection.IsPrepared(target))
        {
            throw new ArgumentException("its settings have not been through LoadConnection.Prepare", nameof(target));
        }

        await using var text = await DumpText.OpenAsync(request.Dump, ct);
        await using var loader = new DumpLoader(request, target, text, progress);
        return await loader.RunAsync(new DumpReader(text.Text), ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _data.DisposeAsync();
        await _sessions.DisposeAsync();
    }

    private async Task<LoadResult> RunAsync(DumpReader reader, CancellationToken ct)
    {
        try
        {
            while (!_part.IsOver && await reader.ReadAsync(ct) is var token && token != DumpToken.End)
            {
                await SeeAsync(token, reader, ct);
                _report();
            }
        }
        catch (InvalidDataException e)
        {
            throw new RestoreException(
                ProblemCode.Stopped, "The dump is damaged", Invariant($"{e.Message}, behind line {reader.Line}"), $"'cnpg-restore dumps inspect {_request.Dump.Path}' reads it to its end", e);
        }

        _part.CheckEnd(reader.Line);
        await SettleAsync(ct);
        return new LoadResult(_rows.Tables, _statements, _notRun, _phases.Took());
    }

    private async Task SeeAsync(DumpToken token, DumpReader reader, CancellationToken ct)
    {
        switch (token)
        {
            case DumpToken.Comment:
                _part.SeeComment(reader.TextAsString());
                break;
            case DumpToken.MetaCommand:
                _part.SeeMetaCommand(reader.TextAsString(), reader.Line);
                break;
            case DumpToken.CopyData when _copy is not null:
                await CopyAsync(_copy, reader, ct);
                break;
            case DumpToken.Statement when _part.IsHere:
                await SeeStatementAsync(reader, ct);
                break;
            case DumpToken.Statement:
                _copy = null;
                LeaveGlobal(reader);
                break;
            case DumpToken.Cut:
                throw DatabasePart.Truncated(reader.Line, reader.Copy is { } copy ? $"the data of {copy.Table} has no end" : "in the middle of a statement");
        }
    }

    private void LeaveGlobal(DumpReader reader)
    {
        if (_part.IsGlobal && SessionState.SettingOf(reader.Text.Span, reader.Encoding.Text) is null)
        {
            _notRun.Add(StatementNotRun.Of(reader));
        }
    }

    private async Task SeeStatementAsync(DumpReader reader, CancellationToken ct)
    {
        _copy = null;
        var encoding = reader.Encoding.Text;
        var statement = new DumpStatement(reader.Text.ToArray(), reader.Line, _state);
        var isOfServer = ServerStatement.Is(statement.Text, encoding);
        if (!isOfServer && InsertStatement.TryParse(statement.Text, reader.Groups, encoding) is var (table, rows))
        {
            await InsertAsync(table, rows, statement, ct);
            return;
        }

        await FlushInsertsAsync(ct);
        if (isOfServer)
        {
            _notRun.Add(StatementNotRun.Of(reader));
        }
        else if (_needless?.Contain(statement.Text, encoding) == true)
        {
            // It would be an error there, and nothing else.
        }
        else if (SessionState.SettingOf(statement.Text, encoding) is { } setting)
        {
            _state = _state.With(new SessionSetting(setting, statement.Text, statement.Line), reader.Encoding);
        }
        else if (reader.Copy is { } copy)
        {
            _copy = statement;
            _rows.Add(copy.Table, 0, 0);
        }
        else if (_inTransaction || !_part.IsByPgDump || !_postData.TryAdd(statement))
        {
            await RunInOrderAsync(statement, ct);
        }
        else if (_postData.IsFull)
        {
            await SettleAsync(ct);
        }
    }

    private async Task CopyAsync(DumpStatement copy, DumpReader reader, CancellationToken ct)
    {
        var table = reader.Copy!.Table;
        var block = CopyBlock.Rent(table, copy, reader.Text.Span, reader.Line);
        _rows.Add(table, block.Lines, block.Length);
        await AddDataAsync(block, copy, reader.Copy.IsLineByLine, ct);
    }

    private async Task InsertAsync(QualifiedName table, int rows, DumpStatement statement, CancellationToken ct)
    {
        if (_insertTable != table || _inserts.IsFull)
        {
            await FlushInsertsAsync(ct);
        }

        _insertTable = table;
        _inserts.Add(statement);
        _rows.Add(table, rows, statement.Text.Length);
    }

    private async Task FlushInsertsAsync(CancellationToken ct)
    {
        if (_inserts.Take() is [var first, ..] statements)
        {
            _statements += statements.Count;
            await AddDataAsync(new InsertBlock(_insertTable, statements), first, maySplit: true, ct);
        }
    }

    /// <param name="maySplit">A line is a row.</param>
    private async Task AddDataAsync(DataBlock block, DumpStatement statement, bool maySplit, CancellationToken ct)
    {
        await FlushTransactionAsync(ct);
        if (_postData.Waiting > 0)
        {
            await SettleDataAsync(ct);
        }

        _phases.Enter(LoadPhase.Data);
        if (_independent is null)
        {
            await _data.DrainAsync();
            _independent = await DataOrder.IndependentTablesAsync(await _sessions.GetAsync(0, ct), statement, ct);
        }

        await _data.AddAsync(block, inOrder: !maySplit || _inTransaction || !_part.IsByPgDump || !_independent.Contains(block.Table), ct);
    }

    private async Task RunInOrderAsync(DumpStatement statement, CancellationToken ct)
    {
        var (begins, ends) = TransactionStatement.Of(statement.Text, statement.State.Encoding.Text);
        if (!_inTransaction || ends)
        {
            await SettleDataAsync(ct);
        }

        // A SET between two statements of a transaction holds for the second one alone.
        if (_transaction.State is { } state && !ReferenceEquals(state, statement.State))
        {
            await FlushTransactionAsync(ct);
        }

        _inTransaction = (_inTransaction || begins) && !ends;
        _transaction.Add(statement);
        _statements++;
        if (!_inTransaction || _transaction.IsFull)
        {
            await FlushTransactionAsync(ct);
        }

        if (DataOrder.MayChange(statement))
        {
            _independent = null;
        }
    }

    // A transaction of the dump, and everything that is run in order, is the first session's.
    private async Task FlushTransactionAsync(CancellationToken ct)
    {
        if (_transaction.Take() is { Count: > 0 } statements)
        {
            // Rows within the transaction are that session's too.
            await _data.DrainAsync();
            await (await _sessions.GetAsync(0, ct)).RunAsync(statements, ct);
        }
    }

    private async Task SettleDataAsync(CancellationToken ct)
    {
        await _data.DrainAsync();
        if (_postData.Waiting > 0)
        {
            _phases.Enter(LoadPhase.Indexes);
            _statements += _postData.Waiting;
            await _postData.RunAsync(ct);
        }

        _phases.Enter(LoadPhase.Statements);
    }

    private async Task SettleAsync(CancellationToken ct)
    {
        await FlushInsertsAsync(ct);
        await FlushTransactionAsync(ct);
        await SettleDataAsync(ct);
    }
}
