using System.Net;
using CnpgRestore.Kubernetes.Client;

namespace CnpgRestore.Kubernetes;

/// <summary>What an exception of <see cref="KubernetesApi"/> says to code that goes on from it.</summary>
public static class ApiRefusal
{
    extension(RestoreException e)
    {
        /// <summary>The object has changed since it was read, or another manager owns the field: read it again and decide again.</summary>
        public bool IsConflict => StatusOf(e) is { IsConflict: true };

        /// <summary>An object of this name is there.</summary>
        public bool IsAlreadyExists => StatusOf(e) is { IsAlreadyExists: true };

        /// <summary>The object, or its type, is not there.</summary>
        public bool IsMissing => StatusOf(e) is { Code: HttpStatusCode.NotFound };
    }

    private static ApiStatus? StatusOf(RestoreException e) => (e.InnerException as ApiStatusException)?.Status;
}
