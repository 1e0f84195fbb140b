namespace CnpgRestore.Kubernetes.Client;

/// <summary>The API answered, and not with success.</summary>
sealed class ApiStatusException(ApiStatus status) : Exception(status.Message)
{
    public ApiStatus Status { get; } = status;
}
