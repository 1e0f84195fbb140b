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
    private const string Otherwise = "choose another context with --context NAME";

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
    /// <exception cref="RestoreException">Exit 2: the entry names no command, or what no program can be given; exit 12: the program fails.</exception>
    public static ExecCredential Start(JsonObject plugin, string folder, TimeProvider clock)
    {
        var credential = new ExecCredential(Program(plugin, folder), plugin.Text("installHint"), clock);
        credential.Run();
        return credential;
    }

    internal static ExternalExecution Program(JsonObject plugin, string folder)
    {
        var command = plugin.Text("command") is { Length: > 0 } named ? named
            : throw new RestoreException(ProblemCode.Usage, "the kubeconfig's user has an exec section without a command", null, Otherwise);
        var arguments = plugin.Items("args").Select(argument => argument.Text() ?? "").ToList();
        var variables = plugin.Items("env").Select(variable => (Name: variable.Text("name") ?? "", Value: variable.Text("value") ?? "")).ToList();
        if (variables.Exists(variable => variable.Name.Length == 0 || variable.Name.Contains('=', StringComparison.Ordinal)))
        {
            throw new RestoreException(ProblemCode.Usage, "the exec section of the kubeconfig's user has a variable without a name, or with '=' in it", null, Otherwise);
        }

        // The system ends a text there.
        if (arguments.Concat(variables.SelectMany(variable => (string[])[variable.Name, variable.Value])).Prepend(command).Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw new RestoreException(ProblemCode.Usage, "the exec section of the kubeconfig's user has a zero byte in its command, an argument or a variable", null, Otherwise);
        }

        return new ExternalExecution
        {
            ApiVersion = plugin.Text("apiVersion"),
            Command = command.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(command, folder) : command,
            // The client joins them with blanks into one line, which the runtime takes apart again.
            Arguments = [.. arguments.Select(Quote)],
            EnvironmentVariables = [.. variables.Select(variable => new Dictionary<string, string> { ["name"] = variable.Name, ["value"] = variable.Value })],
        };
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
            // A header is one line.
            var token = status.Token?.Trim();
            _token = token.AsSpan().IndexOfAny('\r', '\n') < 0 ? token : throw new KubeConfigException("its token has several lines");
            _expires = status.ExpirationTimestamp is { } expiry ? new DateTimeOffset(DateTime.SpecifyKind(expiry, DateTimeKind.Utc)) : DateTimeOffset.MaxValue;
            if (status.ClientCertificateData is { } certificate && status.ClientKeyData is { } key)
            {
                ClientCertificate = ClientCertificates.Read(certificate, key);
            }
        }
        catch (Exception e) when (e is KubeConfigException or CryptographicException or ArgumentException)
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
