namespace CnpgRestore.Postgres;

/// <summary>A WAL record that means something outside PostgreSQL; a closed choice.</summary>
public abstract record WalEvent
{
    private WalEvent(Lsn start) => Start = start;

    /// <summary>The first byte of the record.</summary>
    public Lsn Start { get; }

    /// <summary>A record that carries a time, which is what recovery can stop at.</summary>
    public abstract record Timed : WalEvent
    {
        private protected Timed(Lsn start, DateTimeOffset time) : base(start) => Time = time;

        /// <summary>By the clock of the server that wrote it, in microseconds.</summary>
        public DateTimeOffset Time { get; }
    }

    /// <summary>COMMIT or COMMIT PREPARED.</summary>
    public sealed record Commit(Lsn At, DateTimeOffset When) : Timed(At, When);

    /// <summary>ROLLBACK or ROLLBACK PREPARED; recovery stops at these too.</summary>
    public sealed record Abort(Lsn At, DateTimeOffset When) : Timed(At, When);

    /// <summary><c>pg_create_restore_point</c>.</summary>
    public sealed record RestorePoint(Lsn At, DateTimeOffset When, string Name) : Timed(At, When);

    /// <summary>CREATE TABLESPACE.</summary>
    /// <param name="Location">An absolute path on the server; empty for one inside the data directory (<c>allow_in_place_tablespaces</c>).</param>
    public sealed record TablespaceCreation(Lsn At, string Location) : WalEvent(At);
}
