using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>Makes the SDK client: path style, checksums only where required and then Content-MD5, our own connection pool, no retries of its own.</summary>
static class S3Connection
{
    private const string AuthoritiesHint = "name the authority's PEM file with --endpoint-ca FILE or AWS_CA_BUNDLE; with CNPG it is in the Secret that endpointCA names";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static AmazonS3Client Open(S3Settings settings)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = true,
            AuthenticationRegion = settings.Region,
            // The v4 default adds trailing checksums, which many S3-likes refuse (facts on boto3 >= 1.36 hold for this SDK too).
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 0,
            Timeout = Timeout.InfiniteTimeSpan,
            HttpClientFactory = new SharedHttpClient(settings.Parallelism, Authorities(settings)),
        };
        if (settings.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        }

        return new S3Client(settings.Credentials.ToSdk(), config);
    }

    private static X509Certificate2Collection? Authorities(S3Settings settings) => settings switch
    {
        { CertificateAuthorities: { } file } => ReadAuthorities(file, authorities => authorities.ImportFromPemFile(file)),
        { CertificateAuthoritiesPem: { } text } => ReadAuthorities("the Secret of endpointCA", authorities => authorities.ImportFromPem(text)),
        _ => null,
    };

    private static X509Certificate2Collection ReadAuthorities(string file, Action<X509Certificate2Collection> import)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            import(authorities);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new RestoreException(ProblemCode.Usage, $"{file} is no readable PEM file of certificate authorities", e.Message, AuthoritiesHint, e);
        }

        return authorities.Count > 0 ? authorities : throw new RestoreException(ProblemCode.Usage, $"{file} holds no certificate", "a PEM file holds BEGIN CERTIFICATE", AuthoritiesHint);
    }

    private sealed class SharedHttpClient(int parallelism, X509Certificate2Collection? authorities) : HttpClientFactory
    {
        private readonly Lazy<HttpClient> _client = new(() => Create(parallelism, authorities));

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client.Value;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        private static HttpClient Create(int parallelism, X509Certificate2Collection? authorities)
        {
#pragma warning disable CA2000 // The client owns the handler and lives as long as the process.
            var handler = new SocketsHttpHandler
            {
                ConnectTimeout = ConnectTimeout,
                MaxConnectionsPerServer = parallelism + 16,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
                AutomaticDecompression = DecompressionMethods.None,
                ConnectCallback = ConnectAsync,
            };
#pragma warning restore CA2000
            if (authorities is not null)
            {
                handler.SslOptions.RemoteCertificateValidationCallback = TrustAlso(authorities);
            }

            return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        }

        private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
        {
#pragma warning disable CA2000 // The stream owns it; on failure it is disposed below.
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, ct);
                return new QuickAckStream(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        private static RemoteCertificateValidationCallback TrustAlso(X509Certificate2Collection authorities) => (_, certificate, chain, errors) =>
        {
            if (errors == SslPolicyErrors.None)
            {
                return true;
            }

            if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf || chain is null)
            {
                return false;
            }

            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(leaf);
        };
    }
}
