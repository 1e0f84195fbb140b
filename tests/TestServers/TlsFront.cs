using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace CnpgRestore.TestServers;

/// <summary>TLS in front of a server that speaks plain HTTP on loopback, with a certificate of a private authority.</summary>
public sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly X509Certificate2 _certificate;
    private readonly Task _accepting;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];

    private TlsFront(Uri server, X509Certificate2 certificate, string authority)
    {
        _server = IPEndPoint.Parse(server.Authority);
        _certificate = certificate;
        AuthorityPem = authority;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Endpoint => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The certificate of the authority, as a PEM file holds it.</summary>
    public string AuthorityPem { get; }

    /// <param name="address">By which clients reach it, where that is not loopback.</param>
    public static TlsFront Start(string server, IPAddress? address = null)
    {
        using var authority = new PrivateAuthority();
        return new TlsFront(new Uri(server), authority.Sign(address ?? IPAddress.Loopback), authority.Pem);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    /// <summary>To the end of what the client sends; what the server does not take any more is read and forgotten.</summary>
    private async Task PassOnAsync(SslStream outside, NetworkStream inside, Socket server)
    {
        try
        {
            await outside.CopyToAsync(inside, _stop.Token);
            server.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await ForgetAsync(outside);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ForgetAsync(SslStream outside)
    {
        try
        {
            await outside.CopyToAsync(Stream.Null, _stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var outside = new SslStream(client.GetStream());
                await outside.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                using var connection = new TcpClient();
                await connection.ConnectAsync(_server, _stop.Token);
                await using var inside = connection.GetStream();
                var requests = PassOnAsync(outside, inside, connection.Client);
                await inside.CopyToAsync(outside, _stop.Token);
                await outside.ShutdownAsync();
                // A client that still sends when it is refused must get to the answer: closed now, the rest of what it sends would reset the connection.
                await Task.WhenAny(requests, Task.Delay(TimeSpan.FromSeconds(2), _stop.Token));
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException or SocketException or OperationCanceledException)
        {
            // A client that does not trust the certificate hangs up.
        }
    }
}
