namespace CnpgRestore.Plans.Clusters;

/// <summary>How the edited manifest reaches the cluster.</summary>
public enum ApplyMode
{
    /// <summary>Created through the API; files stay as they are.</summary>
    Api,

    /// <summary>Written to the files and committed, then created through the API, so that GitOps finds what it would make itself.</summary>
    Git,

    /// <summary>Written to the files; the run waits until somebody has applied them.</summary>
    None,
}
