using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using k8s;
using k8s.Authentication;
using k8s.Exceptions;
using k8s.KubeConfigModels;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>
/// A login program that a kubeconfig names, as <c>aws eks get-token</c> (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
/// It runs when the API is connected to, when its token expires, and when the API refuses the token.
/// </summary>
sealed class ExecCredential : ITokenProvider
{
    // A token that ends while the request is on its way is as good as none.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly ExternalExecution _program;
    private readonly string? _installHint;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private string? _token;
    private DateTimeOffset _expires;

    private ExecCredential(ExternalExecution program, string? installHint, TimeProvider clock)
    {
        _program = program;
        _installHint = installHint;
        _clock = clock;
    }

    /// <summary>Null where the program gives a token only.</summary>
    public X509Certificate2Collection? ClientCertificate { get; private set; }

    /// <param name="folder">Of the kubeconfig: a command that is a relative path counts from it.</param>
    /// <exception cref="RestoreException">Exit 2: the entry names no command; exit 12: the program fails.</exception>
    public static ExecCredential Start(JsonObject plugin, string folder, TimeProvider clock)
    {
        var command = plugin.Text("command")
            ?? throw new RestoreException(ProblemCode.Usage, "the kubeconfig's user has an exec section without a command", null, "choose another context with --context NAME");
        var program = new ExternalExecution
        {
            ApiVersion = plugin.Text("apiVersion"),
            Command = command.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(command, folder) : command,
            // The client joins them with blanks into one line, which the runtime takes apart again.
            Arguments = [.. plugin.Items("args").Select(argument => Quote(argument.Text() ?? ""))],
            EnvironmentVariables = [.. plugin.Items("env").Select(variable => new Dictionary<string, string> { ["name"] = variable.Text("name") ?? "", ["value"] = variable.Text("value") ?? "" })],
        };
        var credential = new ExecCredential(program, plugin.Text("installHint"), clock);
        credential.Run();
        return credential;
    }

    public Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_clock.GetUtcNow() + Margin >= _expires)
            {
                Run();
            }

            return Task.FromResult(_token is null ? null! : new AuthenticationHeaderValue("Bearer", _token));
        }
    }

    /// <summary>The API refuses the token: the next request asks the program for another.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _expires = DateTimeOffset.MinValue;
        }
    }

    private void Run()
    {
        try
        {
            var status = KubernetesClientConfiguration.ExecuteExternalCommand(_program).Status;
            _token = status.Token;
            _expires = status.ExpirationTimestamp is { } expiry ? new DateTimeOffset(DateTime.SpecifyKind(expiry, DateTimeKind.Utc)) : DateTimeOffset.MaxValue;
            if (status.ClientCertificateData is { } certificate && status.ClientKeyData is { } key)
            {
                ClientCertificate = ClientCertificates.Read(certificate, key);
            }
        }
        catch (Exception e) when (e is KubeConfigException or CryptographicException)
        {
            throw new RestoreException(
                ProblemCode.AccessDenied,
                $"the kubeconfig's login program '{_program.Command}' gives no credentials",
                Reason(e.Message),
                _installHint ?? "run it by hand, log in again, then run the same command again",
                e);
        }
    }

    // The client puts the stack of its own exception into the message.
    private static string Reason(string message) => message.Split('\n')[0].Trim();

    private static string Quote(string argument) =>
        argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\n\"")
            ? argument
            : $"\"{argument.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
