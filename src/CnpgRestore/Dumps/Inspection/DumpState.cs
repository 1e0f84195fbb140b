namespace CnpgRestore.Dumps.Inspection;

/// <summary>Whether a dump can be trusted to be whole.</summary>
public enum DumpState
{
    /// <summary>Read to its end, which is the one that pg_dump or pg_dumpall writes last.</summary>
    Complete,

    /// <summary>It ends early: written halfway, or cut.</summary>
    Truncated,

    /// <summary>Its compressed bytes are damaged, or it is no dump at all.</summary>
    Damaged,

    /// <summary>This user may not open it, so nothing is known of it.</summary>
    Unreadable,

    /// <summary>Nothing is in it.</summary>
    Empty,

    /// <summary>An archive, of which only the head was read: there is no pg_restore for it here.</summary>
    HeadOnly,
}
