using System.CommandLine;
using CnpgRestore.Databases;
using CnpgRestore.Kubernetes;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli.Commands;

/// <summary>The server that a dump is restored into, opened: the primary of a Cluster, with its applications, or a server at an address.</summary>
sealed class FromDumpServer : IAsyncDisposable
{
    private readonly KubernetesApi? _api;

    private FromDumpServer(IDatabaseServer server, KubernetesApi? api, FromDumpApps? apps) => (Server, _api, Apps) = (server, api, apps);

    public IDatabaseServer Server { get; }

    /// <summary>Null as <see cref="Apps"/>.</summary>
    public KubernetesApi? Api => _api;

    /// <summary>Null where there is no Kubernetes.</summary>
    public FromDumpApps? Apps { get; }

    /// <summary>As a run writes down what it restores into.</summary>
    public static string AddressOf(string ns, string cluster) => $"{ClusterServer.Scheme}{ns}/{cluster}";

    /// <summary>At an address, with the password that its URL may have.</summary>
#pragma warning disable CA2000 // What comes back owns it.
    public static FromDumpServer At(ServerUrl url) => new(new UrlServer(url), null, null);
#pragma warning restore CA2000

    /// <param name="to">A URL of libpq's, or what <see cref="AddressOf"/> has made.</param>
    public static async Task<FromDumpServer> OpenAsync(string to, CliSession session, ParseResult parse, KubernetesOptions kubernetes, CancellationToken ct)
    {
        if (!to.StartsWith(ClusterServer.Scheme, StringComparison.Ordinal))
        {
            return At(ServerUrl.Parse(to));
        }

        var (ns, cluster) = ClusterServer.PlaceOf(to)
            ?? throw new RestoreException(ProblemCode.Usage, $"'{to}' names no Cluster", "expected cnpg://NAMESPACE/CLUSTER", "cnpg-restore runs --help");
        var api = kubernetes.Connect(parse, session.Clock, ns);
        try
        {
            return new FromDumpServer(await ClusterServer.OpenAsync(api, ns, cluster, session.Clock, ct), api, new FromDumpApps(session, api, cluster));
        }
        catch
        {
            api.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _api?.Dispose();
    }
}
