using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text.Json;
using static CnpgRestore.ConnectionFailure;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>
/// The one place where an answer of the API, or its absence, becomes a retry or a <see cref="Problem"/>. Codes and reasons:
/// https://github.com/kubernetes/community/blob/main/contributors/devel/sig-architecture/api-conventions.md#response-status-kind.
/// </summary>
static class ApiErrors
{
    private const string Again = "run the same command again; it continues where it stopped";

    /// <summary>An answer or the lack of one, and no defect of ours.</summary>
    public static bool IsFailure(Exception e) =>
        e is ApiStatusException or HttpRequestException or HttpIOException or IOException or SocketException or TimeoutException or JsonException or WebSocketException;

    /// <summary>The server has not begun with the request.</summary>
    public static bool IsUntouched(Exception e) => e switch
    {
        ApiStatusException answer => answer.Status.Code == HttpStatusCode.TooManyRequests,
        HttpRequestException http => http.InnerException is not AuthenticationException
            && http.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError,
        _ => false,
    };

    /// <summary>The same request may succeed in a moment.</summary>
    public static bool IsPassing(Exception e) => e switch
    {
        ApiStatusException answer => answer.Status.Code is >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented && !answer.Status.IsDeniedByAdmission,
        HttpRequestException http => Find<AuthenticationException>(http) is null,
        IOException or SocketException or TimeoutException or JsonException or WebSocketException => true,
        _ => false,
    };

    public static RestoreException Translate(Exception e, string server, ApiRequest request) =>
        e is ApiStatusException answer ? Answered(answer, server, request) : Unanswered(e, server, request.What);

    private static RestoreException Answered(ApiStatusException e, string server, ApiRequest request)
    {
        var status = e.Status;
        var (code, message, hint) = status switch
        {
            { Code: HttpStatusCode.Unauthorized } => (ProblemCode.AccessDenied, $"Access denied: {server} does not accept the kubeconfig's credentials",
                "log in again, or choose another context with --context NAME, then run the same command again"),
            { IsDeniedByAdmission: true } => (ProblemCode.Refused, $"the cluster's admission control refuses to {request.What}", "change what it names, then run the same command again"),
            { Code: HttpStatusCode.Forbidden } => (ProblemCode.AccessDenied, $"Access denied: not allowed to {request.What}", $"ask for the permission; '{CanI(request)}' tells when it is there"),
            { IsUnknownType: true } => UnknownType(request.Type),
            { Code: HttpStatusCode.NotFound, ObjectKind: "namespaces" } => (ProblemCode.NotFound, $"namespace {request.Namespace} does not exist", "name another with --namespace NAME"),
            { Code: HttpStatusCode.NotFound } => (ProblemCode.NotFound, Missing(request), $"'kubectl get {request.Type} --all-namespaces' lists what there is"),
            { IsAlreadyExists: true } => (ProblemCode.Refused, $"{request.Type.Word} {request.Name ?? request.Body.Text("metadata", "name")} already exists{In(request)}", null),
            { IsConflict: true } => (ProblemCode.Stopped, $"{request.Type.Word} {request.Name}{In(request)} changed meanwhile", "run the same command again; it looks at the new state"),
            { IsExpired: true } => (ProblemCode.Stopped, $"the list of {request.Type} changed too much while it was read", Again),
            { Code: HttpStatusCode.UnprocessableEntity } => (ProblemCode.Refused, $"{request.Type.Word} {request.Name ?? request.Body.Text("metadata", "name")} is not valid", null),
            { Code: HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.RequestEntityTooLarge } =>
                (ProblemCode.Refused, $"{server} refuses to {request.What}", null),
            { Code: HttpStatusCode.TooManyRequests } => (ProblemCode.Unreachable, $"{server} still throttles after many retries", Again),
            _ => (ProblemCode.Unreachable, $"{server} answered {(int)status.Code} to: {request.What}", Again),
        };
        return new RestoreException(code, message, DetailOf(status), hint, e);
    }

    private static (ProblemCode, string, string?) UnknownType(ResourceType type) => type.Group switch
    {
        "postgresql.cnpg.io" => (ProblemCode.NotFound, $"CloudNativePG is not installed in this Kubernetes cluster: it has no {type}", "check --context; 'kubectl config current-context' tells which cluster this is"),
        "barmancloud.cnpg.io" => (ProblemCode.NotFound, $"the Barman Cloud plugin is not installed in this Kubernetes cluster: it has no {type}", "install plugin-barman-cloud, or use barmanObjectStore in the Cluster"),
        _ => (ProblemCode.NotFound, $"this Kubernetes cluster has no {type} ({type.ApiVersion})", null),
    };

    /// <summary>Nobody answered, or not in the API's language.</summary>
    private static RestoreException Unanswered(Exception e, string server, string what)
    {
        if (Find<AuthenticationException>(e) is { } tls)
        {
            return new RestoreException(ProblemCode.Unreachable, $"the certificate of {server} is not trusted", tls.Message,
                "check certificate-authority and tls-server-name in the kubeconfig; after a renewal of the cluster's certificates, fetch a new kubeconfig", e);
        }

        if (Find<JsonException>(e) is { } json)
        {
            return new RestoreException(ProblemCode.Unreachable, $"what answers at {server} is no Kubernetes API", json.Message, "check the server of the context, and the proxy", e);
        }

        return new RestoreException(ProblemCode.Unreachable, $"the Kubernetes API at {server} cannot be reached: {Reason(e)}", $"while trying to {what}",
            "check the context, the network, the VPN and the proxy; 'kubectl cluster-info' asks the same server", e);
    }

    private static string? DetailOf(ApiStatus status)
    {
        var lines = status.Causes.Count > 0 ? string.Join('\n', status.Causes) : status.Message;
        return lines.Length > 0 ? lines : null;
    }

    private static string Missing(ApiRequest request) =>
        request.Name is null ? $"{request.Type} do not exist{In(request)}" : $"{request.Type.Word} {request.Name} does not exist{In(request)}";

    private static string In(ApiRequest request) => request.Namespace is null ? "" : $" in namespace {request.Namespace}";

    private static string CanI(ApiRequest request) =>
        $"kubectl auth can-i {request.Verb} {request.Resource}{(request.Namespace is null ? (request.Type.Namespaced ? " --all-namespaces" : "") : $" -n {request.Namespace}")}";
}
