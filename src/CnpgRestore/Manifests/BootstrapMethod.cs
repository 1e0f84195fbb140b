namespace CnpgRestore.Manifests;

/// <summary>How a Cluster comes into being: the one key below <c>spec.bootstrap</c>.</summary>
public enum BootstrapMethod
{
    /// <summary>Nothing is said; the operator adds <c>initdb</c> with a database <c>app</c>.</summary>
    None,

    /// <summary>A new, empty database.</summary>
    Initdb,

    /// <summary>From a physical backup.</summary>
    Recovery,

    /// <summary>From a running server, over the replication protocol.</summary>
    PgBasebackup,
}
