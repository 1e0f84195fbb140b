namespace CnpgRestore.Kubernetes;

/// <summary>Which Kubernetes API, and as whom: kubectl's own three words.</summary>
public sealed record KubernetesSettings
{
    /// <summary><c>--kubeconfig FILE</c>; null: the files of <c>KUBECONFIG</c>, then <c>~/.kube/config</c>, then the pod's service account.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary><c>--context NAME</c>; null: the kubeconfig's current context.</summary>
    public string? Context { get; init; }

    /// <summary><c>--namespace NAME</c>; null: the context's, or the pod's own, or <c>default</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>For back-off and the expiry of credentials.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>A line on which nothing has come for so long is asked for a sign of life; at least a second. It is kubectl's time (golang.org/x/net/http2, ReadIdleTimeout).</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The line is dead when none has come after so long again; kubectl's too (PingTimeout).</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
