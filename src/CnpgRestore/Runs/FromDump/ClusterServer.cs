using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CnpgRestore.Databases;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.FromDump;
using Npgsql;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// The PostgreSQL of a Cluster: a port of its primary's pod, carried here by the API. The superuser's password is in a Secret only with
/// <c>enableSuperuserAccess</c>; without it, CNPG's default, a role of a random password is made over the instance's own socket, and dropped at the
/// end. What it creates belongs to <c>postgres</c>, as if that had connected.
/// </summary>
public sealed class ClusterServer : IDatabaseServer
{
    /// <summary>How a run names a Cluster that it is to be resumed on: <c>cnpg://NAMESPACE/CLUSTER</c>.</summary>
    public const string Scheme = "cnpg://";

    private const string Superuser = "postgres";
    private const string RolePrefix = "cnpg_restore_";
    private const int Port = 5432;

    /// <summary>A role that a killed process has left lets nobody in any more after this time.</summary>
    private static readonly TimeSpan RoleLifetime = TimeSpan.FromDays(7);

    /// <summary>A role of this age that has no session is a killed process's: a living one holds a session from its first minute to its last.</summary>
    private static readonly TimeSpan RoleRest = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan DropTimeout = TimeSpan.FromSeconds(30);

    private readonly UrlServer _server;
    private readonly PodTunnel _tunnel;
    private readonly InstancePsql _instance;
    private readonly InstancePsql? _psql;
    private readonly string _user;

    private readonly LoadJob _job;

    private ClusterServer(UrlServer server, PodTunnel tunnel, InstancePsql instance, InstancePsql? psql, string user, LoadJob job, string address)
    {
        _job = job;
        _instance = instance;
        _server = server;
        _tunnel = tunnel;
        _psql = psql;
        _user = user;
        Address = address;
    }

    public string Address { get; }

    /// <summary>The API server and the kubelet stand in between.</summary>
    public TimeSpan Linger { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The namespace and the Cluster of an address of <see cref="Scheme"/>; null for any other text.</summary>
    public static (string Namespace, string Cluster)? PlaceOf(string address) =>
        address.StartsWith(Scheme, StringComparison.Ordinal) && address[Scheme.Length..].Split('/') is [{ Length: > 0 } ns, { Length: > 0 } cluster] ? (ns, cluster) : null;

    /// <exception cref="RestoreException">Exit 10: no such Cluster. 12: not permitted. 13: it has no primary that answers.</exception>
    public static async Task<ClusterServer> OpenAsync(KubernetesApi api, string ns, string cluster, TimeProvider clock, CancellationToken ct)
    {
        var live = await api.GetAsync(new ObjectReference(ResourceTypes.Clusters, ns, cluster), ct);
        var pod = live.Text("status", "currentPrimary") is { Length: > 0 } primary ? primary : throw new RestoreException(
            ProblemCode.Unreachable,
            $"cluster {cluster} in namespace {ns} has no primary",
            $"its phase is '{live.Text("status", "phase")}'",
            $"kubectl get pods -n {ns} -l {CnpgNames.ClusterLabel}={cluster}");
        var instance = new InstancePsql(api, ns, pod);
        var (user, password, psql) = await LoginAsync(api, ns, live, instance, ct);
#pragma warning disable CA2000 // The server that comes back owns both.
        var tunnel = PodTunnel.Open(api, ns, pod, Port);
        var server = new UrlServer(new ServerUrl("127.0.0.1", tunnel.Port, user, Superuser, password, Options(user)));
#pragma warning restore CA2000
        var job = new LoadJob(api, ns, cluster, psql is null ? Superuser : user, password, Role: psql is null ? null : Superuser, clock);
        return new ClusterServer(server, tunnel, instance, psql, user, job, $"cluster {ns}/{cluster}");
    }

    public NpgsqlDataSource Database(string name) => _server.Database(name);

    public NpgsqlDataSource ForLoad(string name, string applicationName) => _server.ForLoad(name, applicationName);

    public async Task<ByteSize?> FreeSpaceAsync(string dataDirectory, CancellationToken ct)
    {
        try
        {
            return await _instance.FreeSpaceAsync(dataDirectory, ct);
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.AccessDenied or ProblemCode.Refused)
        {
            // Not permitted, or an image without df: nothing else needs it.
            return null;
        }
    }

    public Task<(string Why, string Hint)?> ExplainCertificateAsync(CancellationToken ct) => _server.ExplainCertificateAsync(ct);

    public Task<ClientResult> RunAsync(ClientCommand command, CancellationToken ct) => _server.RunAsync(command, ct);

    /// <summary>For a person who keeps it in Git and applies it: with the Cluster's own Secret, into the database that is there.</summary>
    public Task<JsonObject> JobForGitAsync(FromDumpPlan plan, CancellationToken ct) => _job.ForGitAsync(plan, ct);

    /// <summary>Whether a Job that an earlier process of the run has made loads still, or has loaded all.</summary>
    internal Task<bool> IsLoadingAsync(string run, CancellationToken ct) => _job.IsAtWorkAsync(run, ct);

    /// <summary>Nothing of the run's Job loads any more.</summary>
    internal Task EndLoadAsync(string run, CancellationToken ct) => _job.EndAsync(run, ct);

    /// <returns>Null: the whole dump is in the database.</returns>
    internal Task<JobFailure?> LoadAsync(FromDumpPlan plan, string database, StepMeter meter, CancellationToken ct) => _job.RunAsync(plan, database, meter, ct);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _tunnel.DisposeAsync();
        if (_psql is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(DropTimeout);
        await DropAsync(_psql, _user, limit.Token);
    }

    private static async Task<(string User, Secret Password, InstancePsql? Psql)> LoginAsync(KubernetesApi api, string ns, JsonObject live, InstancePsql psql, CancellationToken ct)
    {
        var secret = live["spec"].Text("superuserSecret", "name") ?? CnpgNames.SuperuserSecret(live.Text("metadata", "name")!);
        if (live["spec"].Flag("enableSuperuserAccess") == true
            && await api.FindAsync(new ObjectReference(ResourceTypes.Secrets, ns, secret), ct) is { } found
            && found.Text("data", "password") is { } encoded && SecretData.Decode(encoded) is { } known)
        {
            return (Superuser, new Secret(known.TrimEnd('\n')), null);
        }

        await DropLeftoversAsync(psql, ct);
        var password = new Secret(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        var role = RolePrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        await psql.QueryAsync(
            Superuser,
            Invariant($"DO $$ BEGIN EXECUTE format('CREATE ROLE {role} LOGIN SUPERUSER PASSWORD %L VALID UNTIL %L', '{ScramVerifier.Of(password)}', now() + interval '{RoleLifetime.TotalHours} hours'); END $$"),
            ct);
        return (role, password, psql);
    }

    private static async Task DropLeftoversAsync(InstancePsql psql, CancellationToken ct)
    {
        var old = Invariant($"SELECT rolname FROM pg_roles r WHERE rolname ~ '^{RolePrefix}[0-9a-f]{{12}}$' AND rolvaliduntil < now() + interval '{(RoleLifetime - RoleRest).TotalSeconds} s' AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = r.rolname)");
        foreach (var role in await psql.QueryAsync(Superuser, old, ct))
        {
            await DropAsync(psql, role[0], ct);
        }
    }

    /// <summary>With its sessions; what a dump has made it the owner of, by SET SESSION AUTHORIZATION, goes to postgres. Never fails: it lets nobody in after its time.</summary>
    private static async Task DropAsync(InstancePsql psql, string role, CancellationToken ct)
    {
        try
        {
            await psql.QueryAsync(Superuser, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'", ct);
            foreach (var database in await psql.QueryAsync(Superuser, "SELECT datname FROM pg_database WHERE datallowconn AND datname <> 'template0'", ct))
            {
                await psql.QueryAsync(database[0], $"REASSIGN OWNED BY {role} TO {Superuser}; DROP OWNED BY {role}", ct);
            }

            await psql.QueryAsync(Superuser, $"DROP ROLE {role}", ct);
        }
        catch (Exception e) when (e is RestoreException or OperationCanceledException)
        {
            // A failover, or a database that is being renamed: the next command tries again.
        }
    }

    private static Dictionary<string, string> Options(string user) =>
        user == Superuser ? new() { ["sslmode"] = "prefer" } : new() { ["sslmode"] = "prefer", ["options"] = $"-c role={Superuser}" };
}
