namespace CnpgRestore.Plans.FromDump;

/// <summary>Who loads a dump.</summary>
public enum LoadEngine
{
    /// <summary>PostgreSQL's own programs: SQL through psql, an archive through pg_restore.</summary>
    Psql,

    /// <summary>This program: SQL over several connections, rows first, then indexes and keys side by side.</summary>
    Parallel,
}
