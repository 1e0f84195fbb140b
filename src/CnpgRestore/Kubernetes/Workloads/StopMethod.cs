namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>How a workload is brought to have no pods, and brought back.</summary>
public enum StopMethod
{
    /// <summary>It has a number of replicas, which becomes 0 (subresource <c>scale</c>).</summary>
    Scale,

    /// <summary>A CronJob: it starts no more Jobs (<c>spec.suspend</c>), and those that run come to their end.</summary>
    Suspend,

    /// <summary>A Job: it comes to its end by itself.</summary>
    Wait,

    /// <summary>A DaemonSet, where it is asked for: no node has the label that its pods are made to want.</summary>
    Unschedule,

    /// <summary>A ScaledObject, whose target KEDA then keeps at 0.</summary>
    Pause,

    /// <summary>Nothing would bring it back, or it would come back by itself.</summary>
    None,
}
