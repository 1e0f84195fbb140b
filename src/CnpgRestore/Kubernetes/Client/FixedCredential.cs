using System.Net.Http.Headers;
using k8s.Authentication;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>A token or a password that stays the same.</summary>
sealed class FixedCredential(AuthenticationHeaderValue header) : ITokenProvider
{
    public Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) => Task.FromResult(header);
}
