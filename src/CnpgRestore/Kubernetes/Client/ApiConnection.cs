using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>The connections to one API server: requests over HTTP/2, web sockets over HTTP/1.1, with the same certificates, proxy and credentials.</summary>
sealed class ApiConnection : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private static readonly ProductInfoHeaderValue Agent = new("cnpg-restore", typeof(ApiConnection).Assembly.GetName().Version?.ToString(3));

    private readonly ApiAccess _access;
    private readonly KubernetesSettings _settings;
    private readonly string _root;
    private readonly HttpMessageInvoker _invoker;

    /// <param name="settings">How long a line may be silent.</param>
    public ApiConnection(ApiAccess access, KubernetesSettings settings)
    {
        _access = access;
        _settings = settings;
        _root = access.Server.ToString().TrimEnd('/');
#pragma warning disable CA2000 // The invoker owns it.
        _invoker = new HttpMessageInvoker(Handler(access, settings), disposeHandler: true);
#pragma warning restore CA2000
    }

    /// <summary>The address as the kubeconfig has it.</summary>
    public string Server => _root;

    /// <summary>The answer's head; its body is still to be read.</summary>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(request.Method, _root + request.Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body.ToJsonString()));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        message.Headers.Host = _access.TlsServerName;
        message.Headers.UserAgent.Add(Agent);
        message.Headers.Authorization = await AuthorizationAsync(ct);
        return await _invoker.SendAsync(message, ct);
    }

    /// <param name="protocol">The one sub-protocol that is spoken.</param>
    /// <param name="carriesInput">
    /// We send: while nobody reads it, the server reads nothing from the line, and a Ping stays without an answer although all is well.
    /// </param>
    /// <exception cref="ApiStatusException">The server refuses.</exception>
    /// <exception cref="WebSocketException">It cannot be reached.</exception>
    public async Task<ClientWebSocket> OpenWebSocketAsync(string path, string protocol, bool carriesInput, CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(protocol);
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.KeepAliveInterval = _settings.PingDelay;
            socket.Options.KeepAliveTimeout = carriesInput ? Timeout.InfiniteTimeSpan : _settings.PingTimeout;
            if (_access.TlsServerName is { } host)
            {
                socket.Options.SetRequestHeader("Host", host);
            }

            if (await AuthorizationAsync(ct) is { } authorization)
            {
                socket.Options.SetRequestHeader("Authorization", authorization.ToString());
            }

            await socket.ConnectAsync(new Uri($"ws{_root[4..]}{path}"), _invoker, ct);
            return socket;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode >= HttpStatusCode.OK)
        {
            // The text of a refusal cannot be had of a web socket.
            var refusal = new ApiStatus(socket.HttpStatusCode, "", e.Message, "pods", [], null);
            socket.Dispose();
            throw new ApiStatusException(refusal);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether another credential can be tried after the API refused this one.</summary>
    public bool RenewCredential()
    {
        (_access.Token as ExecCredential)?.Forget();
        return _access.Token is ExecCredential;
    }

    public void Dispose() => _invoker.Dispose();

    private async ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken ct) =>
        _access.Token is null ? null : await _access.Token.GetAuthenticationHeaderAsync(ct);

    private static SocketsHttpHandler Handler(ApiAccess access, KubernetesSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = settings.PingDelay,
            KeepAlivePingTimeout = settings.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        if (access.Proxy is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy);
        }

        if (access.Authorities is { } authorities)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (access.SkipsVerification)
        {
#pragma warning disable CA5359 // The kubeconfig says insecure-skip-tls-verify.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        if (access.ClientCertificate.Count > 0)
        {
            var chain = access.ClientCertificate;
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(chain[0], [.. chain.Skip(1)], offline: true);
        }

        return handler;
    }
}
