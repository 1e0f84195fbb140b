namespace CnpgRestore;

/// <summary>
/// The kinds of outcome a script can tell apart. The numbers are exit codes and never change; new ones may be added, and a number that a
/// script does not know means failure. The list is documented in <c>docs/scripting.md</c>.
/// </summary>
public enum ProblemCode
{
    /// <summary>A defect in cnpg-restore itself.</summary>
    Bug = 1,

    /// <summary>The command line asks for something that does not exist or contradicts itself.</summary>
    Usage = 2,

    /// <summary>The work finished, and verification found differences, or an examination something to be warned of.</summary>
    Differences = 3,

    /// <summary>The examination finished, and something is broken.</summary>
    Broken = 4,

    /// <summary>A backup, a folder or a recovery target does not exist.</summary>
    NotFound = 10,

    /// <summary>Another run holds the cluster or the folder.</summary>
    Locked = 11,

    /// <summary>The store, the API or the database refused the credentials or the permission.</summary>
    AccessDenied = 12,

    /// <summary>The store, the API or the database does not answer.</summary>
    Unreachable = 13,

    /// <summary>The WAL archive has a gap in front of the target.</summary>
    WalGap = 14,

    /// <summary>Preflight refused; nothing was changed.</summary>
    Refused = 15,

    /// <summary>Stopped midway; the same command goes on.</summary>
    Stopped = 20,

    /// <summary>Interrupted by SIGINT; the same command goes on.</summary>
    Interrupted = 130,

    /// <summary>Ended by SIGTERM; the same command goes on.</summary>
    Terminated = 143,
}
