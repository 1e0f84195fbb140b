using System.CommandLine;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Cli;

/// <summary>Which server folder is meant: by bucket and name, by a live Cluster with the Secret that it names, or by a manifest alone.</summary>
/// <param name="isNamed">Whether <c>--server</c> names the folder; a command may name it by itself.</param>
sealed class BackupFolderOptions(bool isNamed = true)
{
    private readonly Option<string?> _server = Arg.ServerFolder(
        "--server", "Server folder in the bucket, for example postgres-v17. Default: the only one, or where the Cluster archives to.");

    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "Cluster whose bucket, folder and Secret are meant; with --file, which of its Clusters.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _files = new("--file", "-f")
    {
        Description = "Manifest that names bucket and folder, when Kubernetes is gone; credentials are then read from AWS_*.",
        HelpName = "FILE",
    };

    private readonly StoreOptions _store = new();
    private readonly KubernetesOptions _kubernetes = new();

    public void AddTo(Command command)
    {
        if (isNamed)
        {
            command.Options.Add(_server);
        }

        command.Options.Add(_cluster);
        command.Options.Add(_files);
        _store.AddTo(command);
        _kubernetes.AddTo(command);
    }

    /// <returns>The bucket, which the caller disposes, and the folder's name; null where nothing names it.</returns>
    /// <exception cref="RestoreException">The Cluster, the file, the Secret or the credentials do not exist, or say nothing about a bucket.</exception>
    public async Task<(IObjectStore Store, string? Server)> OpenAsync(ParseResult parse, CliSession session, CancellationToken ct)
    {
        var server = isNamed ? parse.GetValue(_server) : null;
        var cluster = parse.GetValue(_cluster);
        if (Manifests(parse) is { } set)
        {
            var destination = DestinationOf(set.Read(cluster));
            return (_store.Open(parse, session.Clock, destination.Store ?? throw WithoutObjectStore(destination)), server ?? destination.ServerName);
        }

        if (cluster is null)
        {
            return (_store.Open(parse, session.Clock), server);
        }

        using var api = _kubernetes.Connect(parse, session.Clock);
        var live = await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, api.Namespace, cluster), ct) ?? throw new RestoreException(
            ProblemCode.NotFound,
            $"cluster {cluster} does not exist in namespace {api.Namespace}",
            "its bucket can be read without it",
            "cnpg-restore backups list -f cluster.yaml, or: cnpg-restore backups list --bucket s3://NAME");
        server ??= DestinationOf(ClusterManifest.Read(live, _ => null)).ServerName;
        return (await _store.OpenAsync(parse, session, api, api.Namespace, live, ct), server);
    }

    /// <summary>The Kubernetes of the Cluster that is named; null where none is, or where a manifest stands in for it.</summary>
    public KubernetesApi? Connect(ParseResult parse, CliSession session) =>
        parse.GetValue(_cluster) is not null && Manifests(parse) is null ? _kubernetes.Connect(parse, session.Clock) : null;

    /// <summary>What <c>--file</c> names; null where it is not given.</summary>
    public ManifestSet? Manifests(ParseResult parse) => parse.GetValue(_files) is { Length: > 0 } files ? ManifestFiles.Read(files) : null;

    private static BackupFolder DestinationOf(ClusterManifest manifest) => manifest.Destination ?? throw new RestoreException(
        ProblemCode.NotFound,
        $"cluster {manifest.Name} takes no backups: there is no bucket",
        "its manifest has neither spec.backup.barmanObjectStore nor the plugin barman-cloud.cloudnative-pg.io",
        "cnpg-restore backups list --bucket s3://NAME");

    private static RestoreException WithoutObjectStore(BackupFolder destination) => new(
        ProblemCode.NotFound,
        $"ObjectStore {destination.ObjectStoreName} is in none of the files",
        "with the plugin, the ObjectStore names the bucket",
        "cnpg-restore backups list -f cluster.yaml -f objectstore.yaml");
}
