namespace CnpgRestore.Postgres;

/// <summary>A WAL record that carries a time, which is what recovery can stop at; a closed choice.</summary>
public abstract record WalEvent
{
    private WalEvent(Lsn start, DateTimeOffset time)
    {
        Start = start;
        Time = time;
    }

    /// <summary>The first byte of the record.</summary>
    public Lsn Start { get; }

    /// <summary>By the clock of the server that wrote it, in microseconds.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>COMMIT or COMMIT PREPARED.</summary>
    public sealed record Commit(Lsn At, DateTimeOffset When) : WalEvent(At, When);

    /// <summary>ROLLBACK or ROLLBACK PREPARED; recovery stops at these too.</summary>
    public sealed record Abort(Lsn At, DateTimeOffset When) : WalEvent(At, When);

    /// <summary><c>pg_create_restore_point</c>.</summary>
    public sealed record RestorePoint(Lsn At, DateTimeOffset When, string Name) : WalEvent(At, When);
}
