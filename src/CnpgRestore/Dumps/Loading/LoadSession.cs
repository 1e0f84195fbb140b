using System.Globalization;
using CnpgRestore.Postgres;
using Npgsql;

namespace CnpgRestore.Dumps.Loading;

/// <summary>One connection of a load.</summary>
sealed class LoadSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private SessionState _state = SessionState.Initial;
    private readonly long _memory;
    private readonly Dictionary<string, bool> _unknown = new(StringComparer.Ordinal);
    private BuildAllowance _allowance = BuildAllowance.Default;

    private LoadSession(NpgsqlConnection connection, long memory) => (_connection, _memory) = (connection, memory);

    public int ServerMajor => _connection.PostgreSqlVersion.Major;

    /// <param name="jobs">How many sessions share the server's memory.</param>
    public static async Task<LoadSession> OpenAsync(NpgsqlDataSource target, int jobs, CancellationToken ct)
    {
        try
        {
            var connection = await target.OpenConnectionAsync(ct);
            try
            {
                await ExecuteAsync(connection, Settings(jobs), ct);
                return new LoadSession(connection, await MemoryAsync(connection, ct));
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
        catch (NpgsqlException e)
        {
            throw LoadFailure.OfConnection(e);
        }
    }

    /// <summary>Runs the statements in one go; one transaction unless they say otherwise.</summary>
    /// <exception cref="RestoreException">The server refuses one of them; the message says which.</exception>
    public async Task RunAsync(IReadOnlyList<DumpStatement> statements, CancellationToken ct)
    {
        await EnterAsync(statements[0], ct);
        await using var batch = Batch(_connection, statements.Select(statement => statement.Bytes));
        try
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
        catch (NpgsqlException e)
        {
            var failed = e.BatchCommand is NpgsqlBatchCommand command ? batch.BatchCommands.IndexOf(command) : 0;
            throw LoadFailure.Of(e, statements[failed], statements[failed].Line);
        }
    }

    /// <summary>Grants what the next statements need.</summary>
    public async Task AllowAsync(BuildAllowance allowance, DumpStatement statement, CancellationToken ct)
    {
        if (_allowance.InParallel != allowance.InParallel)
        {
            await SetAsync(allowance.InParallel ? "RESET max_parallel_maintenance_workers" : "SET max_parallel_maintenance_workers = 0");
        }

        if (_allowance.Memory != allowance.Memory)
        {
            await SetAsync(string.Create(CultureInfo.InvariantCulture, $"SET maintenance_work_mem = '{Math.Min(_memory, allowance.Memory >> 10 ?? _memory)}kB'"));
        }

        _allowance = allowance;

        Task SetAsync(string setting) => ToldAsync(() => ExecuteAsync(_connection, setting, ct), statement);
    }

    /// <summary>Returns when every commit so far, of all sessions, is on the server's disk.</summary>
    public Task FlushAsync(DumpStatement reason, CancellationToken ct) => ToldAsync(
        async () =>
        {
            await ExecuteAsync(_connection, "SET synchronous_commit TO local", ct);
            // Only a transaction that has written something waits for the disk. This one's record is read by nobody who has not asked for such.
            await ExecuteAsync(_connection, "SELECT pg_catalog.pg_logical_emit_message(true, 'cnpg-restore', 'rows are loaded')", ct);
            await ExecuteAsync(_connection, "SET synchronous_commit TO off", ct);
        },
        reason);

    /// <summary>Starts to copy rows; no other statement runs here until that has ended.</summary>
    public async Task<CopyStream> CopyAsync(DumpStatement statement, CancellationToken ct)
    {
        await EnterAsync(statement, ct);
        TextWriter? import = null;
        await ToldAsync(async () => import = await _connection.BeginTextImportAsync(statement.Bytes, ct), statement);
        return new CopyStream(import!, statement);
    }

    /// <summary>Rows of two columns of text.</summary>
    public async Task<List<(string First, string Second)>> ReadPairsAsync(string query, DumpStatement reason, CancellationToken ct)
    {
        await EnterAsync(reason, ct);
        var pairs = new List<(string First, string Second)>();
        await ToldAsync(
            async () =>
            {
                await using var batch = Batch(_connection, [query]);
                await using var rows = await batch.ExecuteReaderAsync(ct);
                while (await rows.ReadAsync(ct))
                {
                    pairs.Add((LoadFailure.Decode(rows.GetString(0), reason.State.Encoding), LoadFailure.Decode(rows.GetString(1), reason.State.Encoding)));
                }
            },
            reason);
        return pairs;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task EnterAsync(DumpStatement statement, CancellationToken ct)
    {
        foreach (var setting in statement.State.Since(_state))
        {
            var made = new DumpStatement(setting.Text, setting.Line, statement.State);
            await ToldAsync(async () => await (await IsUnknownAsync(setting, ct) ? Task.CompletedTask : ExecuteAsync(_connection, made.Bytes, ct)), made);
        }

        _state = statement.State;
    }

    /// <summary>A newer pg_dump switches off what this server does not have: <c>SET transaction_timeout = 0</c>.</summary>
    private async Task<bool> IsUnknownAsync(SessionSetting setting, CancellationToken ct)
    {
        if (!setting.IsOfVersion)
        {
            return false;
        }

        if (!_unknown.TryGetValue(setting.Name, out var isUnknown))
        {
            // Some that are known are not in pg_settings (GUC_NO_SHOW_ALL).
            await using var batch = Batch(_connection, [$"SELECT pg_catalog.current_setting({QualifiedName.Literal(setting.Name)}, true) IS NULL"]);
            _unknown[setting.Name] = isUnknown = (bool)(await batch.ExecuteScalarAsync(ct))!;
        }

        return isUnknown;
    }

    private static async Task ToldAsync(Func<Task> work, DumpStatement statement)
    {
        try
        {
            await work();
        }
        catch (NpgsqlException e)
        {
            throw LoadFailure.Of(e, statement, statement.Line);
        }
    }

    // No limit of time ends a long load, and losing the last second of commits to a crash is no loss: a load that was cut begins anew. Compiling the check
    // of a key takes longer than it saves. Memory for sorting is taken from what the server was given for its buffers, shared by all connections.
    private static string Settings(int jobs) => string.Create(CultureInfo.InvariantCulture, $"""
        {TimeLimits.Lift}
        UNION ALL SELECT pg_catalog.set_config(name, 'off', false) FROM pg_catalog.pg_settings WHERE name IN ('synchronous_commit', 'jit')
        UNION ALL SELECT pg_catalog.set_config('vacuum_cost_delay', '0', false)
        UNION ALL SELECT pg_catalog.set_config('maintenance_work_mem', greatest(work.setting::bigint, least(1048576, 8 * buffers.setting::bigint / {jobs}))::text || 'kB', false)
            FROM pg_catalog.pg_settings work, pg_catalog.pg_settings buffers WHERE work.name = 'maintenance_work_mem' AND buffers.name = 'shared_buffers'
        """);

    // In kB.
    private static async Task<long> MemoryAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = Batch(connection, ["SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'maintenance_work_mem'"]);
        return (long)(await batch.ExecuteScalarAsync(ct))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken ct)
    {
        await using var batch = Batch(connection, [statement]);
        await batch.ExecuteNonQueryAsync(ct);
    }

    // A command would be searched for parameters and cut at semicolons; a batch goes to the server as it is.
    private static NpgsqlBatch Batch(NpgsqlConnection connection, IEnumerable<string> statements)
    {
        var batch = connection.CreateBatch();
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        return batch;
    }
}
