using System.Net;

namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>The API server's answer to a request that it did not fulfil; the message is its own.</summary>
sealed class ApiException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status => status;
}
