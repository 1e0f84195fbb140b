namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>On the way from nothing to a protected database; what blocks an earlier stage is told first.</summary>
public enum Stage
{
    /// <summary>Unfinished runs and whoever stands still because of them: nothing else should be begun before.</summary>
    Runs,

    /// <summary>API, bucket, Secret: without them nothing can be read.</summary>
    Access,

    /// <summary>What the first instance is made from.</summary>
    Bootstrap,

    /// <summary>Base backup, WAL and replay.</summary>
    Recovery,

    /// <summary>WAL into the bucket.</summary>
    Archiving,

    /// <summary>Base backups.</summary>
    Backups,

    /// <summary>SQL dumps and the Jobs that load them.</summary>
    Dumps,

    /// <summary>What costs money or will surprise somebody later.</summary>
    Leftovers,
}
