using System.Security.Cryptography.X509Certificates;
using k8s.Authentication;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>What a kubeconfig's context, or a pod's service account, says about one API server. Holds secrets: no record.</summary>
sealed class ApiAccess
{
    /// <summary>May have a path, as Rancher's.</summary>
    public required Uri Server { get; init; }

    /// <summary>Null: those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public bool SkipsVerification { get; init; }

    /// <summary>The name that the server's certificate has instead of its address.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Null: that of the environment, <c>HTTPS_PROXY</c> and <c>NO_PROXY</c>.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Makes the Authorization header; null where there is none.</summary>
    public ITokenProvider? Token { get; init; }

    /// <summary>The certificate with its key, then those that lead to its authority; empty where there is none.</summary>
    public X509Certificate2Collection ClientCertificate { get; init; } = [];

    /// <summary>Of the context; null where it names none.</summary>
    public string? Namespace { get; init; }
}
