namespace CnpgRestore.Postgres;

/// <summary>What a server, a database or a role has set against sessions that take long or rest, and what would end one of this program in the middle of a load.</summary>
static class TimeLimits
{
    /// <summary>Lifts those that this server knows: idle_session_timeout came with PostgreSQL 14, transaction_timeout with 17.</summary>
    public const string Lift = """
        SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
            WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')
        """;
}
