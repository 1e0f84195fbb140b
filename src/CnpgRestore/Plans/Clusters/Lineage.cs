namespace CnpgRestore.Plans.Clusters;

/// <summary>How the recovered cluster comes to an empty archive, which Barman demands ("Expected empty archive").</summary>
public enum Lineage
{
    /// <summary>The archive's folder is empty already: nothing has to be done.</summary>
    Keep,

    /// <summary>The new cluster archives under a new server name; nothing is copied.</summary>
    New,

    /// <summary>The folder is renamed, and its name is free again.</summary>
    Move,
}
