using System.CommandLine;
using System.Text.Json.Nodes;
using CnpgRestore.Cli.Output;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans;

namespace CnpgRestore.Cli;

/// <summary>The options that say which bucket, and how to open it. The names are fixed; credentials are never among them.</summary>
/// <param name="withCluster">Whether the command may name a Cluster, which has a bucket and an endpoint of its own.</param>
sealed class StoreOptions(bool withCluster = true)
{
    private const string DefaultBucket = "s3://cloudnative-pg";
    private const string BucketShape = "expected something like s3://cloudnative-pg or file:///mnt/mirror";
    private const string DefaultEndpoint = "https://gateway.storjshare.io";

    private readonly Option<StoreAddress> _bucket = new("--bucket", "-b")
    {
        Description = "Bucket, bucket path, or a directory that mirrors one. Default: " + (withCluster ? "the Cluster's, if one is named; else " : "") + $"CNPG_RESTORE_BUCKET, or {DefaultBucket}.",
        HelpName = "s3://NAME[/path]|file:///FOLDER",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (StoreAddress.TryParse(text, null, out var address))
            {
                return address;
            }

            result.AddError($"'{text}' is not valid for --bucket; {BucketShape}.");
            return null;
        },
    };

    private readonly Option<string?> _endpoint = new("--endpoint", "-e")
    {
        Description = (withCluster ? "S3 endpoint as this machine reaches it. Default: the Cluster's, if one is named; else " : "S3 endpoint. Default: ")
            + $"AWS_ENDPOINT_URL, or {DefaultEndpoint}. For AWS itself: https://s3.amazonaws.com.",
        HelpName = "URL",
    };

    private readonly Option<Provider?> _provider = new("--provider")
    {
        Description = "What kind of S3 the endpoint is, where its name does not tell: " + string.Join(", ", Provider.All) + ".",
        HelpName = "NAME",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            var found = Provider.All.FirstOrDefault(provider => string.Equals(provider.Name, text, StringComparison.OrdinalIgnoreCase));
            if (found is null)
            {
                result.AddError($"'{text}' is not valid for --provider; choose one of {string.Join(", ", Provider.All)}.");
            }

            return found;
        },
    };

    private readonly Option<string?> _authorities = new("--endpoint-ca")
    {
        Description = "PEM file with the certificate authority of the endpoint. Default: AWS_CA_BUNDLE.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_bucket);
        command.Options.Add(_endpoint);
        command.Options.Add(_provider);
        command.Options.Add(_authorities);
    }

    /// <summary>Whether the command line itself names the bucket; a Cluster's manifest names it otherwise.</summary>
    public bool IsGiven(ParseResult parse) => parse.GetResult(_bucket) is not null;

    public bool IsIn(System.CommandLine.Parsing.CommandResult result) => result.GetResult(_bucket) is not null;

    /// <summary>These options as they were typed, for a command line that says the same.</summary>
    public IEnumerable<string> Words(ParseResult parse) => Arg.Words(parse, [_bucket, _endpoint, _provider, _authorities]);

    /// <summary>The options that reach an opened bucket from anywhere, whatever variables have named it; not quoted.</summary>
    public IEnumerable<string> Words(ParseResult parse, IObjectStore opened) => opened.Options.Concat(Arg.Words(parse, [_provider, _authorities]));

    /// <summary>The bucket that the command line names, not opened yet; null where it names none.</summary>
    public NamedBucket? Named(ParseResult parse, TimeProvider clock) => IsGiven(parse)
        ? new NamedBucket(parse.GetValue(_bucket)!.ToString(), parse.GetValue(_endpoint), () => Open(parse, clock))
        : null;

    /// <exception cref="RestoreException">The directory or the credentials do not exist, or the endpoint is no URL.</exception>
    public IObjectStore Open(ParseResult parse, TimeProvider clock, int parallelism = S3Settings.DefaultParallelism) => Open(
        parse.GetValue(_bucket) ?? ParseBucket(EnvironmentVariables.Bucket ?? DefaultBucket, "CNPG_RESTORE_BUCKET"),
        ParseEndpoint(parse.GetValue(_endpoint) ?? EnvironmentVariables.AwsEndpointUrl ?? DefaultEndpoint, "--endpoint"),
        parse,
        clock,
        parallelism);

    /// <summary>The bucket as a manifest names it, where the command line does not; its credentials as for any other.</summary>
    /// <exception cref="RestoreException">As for <see cref="Open(ParseResult, TimeProvider, int)"/>; or the manifest's store is no S3.</exception>
    public IObjectStore Open(ParseResult parse, TimeProvider clock, BarmanStore manifest)
    {
        var endpoint = parse.GetValue(_endpoint) is { } given ? ParseEndpoint(given, "--endpoint")
            : manifest.EndpointUrl is { } url ? ParseEndpoint(url, "endpointURL") : null;
        return Open(parse.GetValue(_bucket) ?? ParseBucket(manifest.DestinationPath ?? "", "destinationPath"), endpoint, parse, clock, S3Settings.DefaultParallelism);
    }

    /// <summary>The bucket that the command line names, else the one that a Cluster archives to, with the Secret that it names.</summary>
    /// <exception cref="RestoreException">As for <see cref="Open(ParseResult, TimeProvider, int)"/> and <see cref="ClusterStore.OpenAsync"/>.</exception>
    public async Task<IObjectStore> OpenAsync(ParseResult parse, CliSession session, KubernetesApi api, string ns, JsonObject cluster, CancellationToken ct)
    {
        if (IsGiven(parse))
        {
            return Open(parse, session.Clock);
        }

        var store = new ClusterStore(api, ns, session.Clock) { Route = Route(parse), Warn = warning => session.Progress.Line($"warning: {warning}") };
        return await store.OpenAsync(cluster, ct);
    }

    /// <summary>As <see cref="OpenAsync"/>; where the bucket cannot be reached, why. That is the reason for some commands, and none to refuse.</summary>
    /// <param name="cluster">The Cluster as JSON; null where no bucket is needed.</param>
#pragma warning disable CA2000 // Who asked owns the store.
    public async Task<(IObjectStore? Store, string? Unreachable)> TryOpenAsync(
        ParseResult parse, CliSession session, KubernetesApi api, string ns, JsonObject? cluster, CancellationToken ct)
    {
        if (cluster is null)
        {
            return (null, null);
        }

        IObjectStore? store = null;
        try
        {
            store = await OpenAsync(parse, session, api, ns, cluster, ct);
            await store.ListLevelAsync(KeyPrefix.Root, ct);
            return (store, null);
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.Unreachable or ProblemCode.AccessDenied or ProblemCode.NotFound)
        {
            store?.Dispose();
            return (null, e.Problem.Message);
        }
    }
#pragma warning restore CA2000

    /// <summary>To a Cluster's own bucket, as far as the command line says so; the variables of S3 mean another bucket.</summary>
    public StoreRoute Route(ParseResult parse) => new(
        parse.GetValue(_endpoint) is { } url ? ParseUrl(url, "--endpoint") : null, parse.GetValue(_provider), parse.GetValue(_authorities));

    private IObjectStore Open(StoreAddress address, Uri? endpoint, ParseResult parse, TimeProvider clock, int parallelism)
    {
        if (address.IsDirectory)
        {
            return new DirectoryObjectStore(address.Path);
        }

        return new S3ObjectStore(
            new S3Settings(address)
            {
                Endpoint = endpoint,
                Region = S3Region.Find(endpoint),
                Credentials = S3Credentials.Find(profile: null),
                CertificateAuthorities = parse.GetValue(_authorities) ?? EnvironmentVariables.AwsCaBundle,
                Provider = parse.GetValue(_provider) ?? Provider.Of(endpoint),
                Parallelism = parallelism,
            },
            clock);
    }

    private static StoreAddress ParseBucket(string text, string where) =>
        StoreAddress.TryParse(text, null, out var address)
            ? address
            : throw new RestoreException(ProblemCode.Usage, $"'{text}' is not valid for {where}", BucketShape, "cnpg-restore --help");

    private static Uri? ParseEndpoint(string text, string where) => S3Settings.Locate(ParseUrl(text, where));

    private static Uri ParseUrl(string text, string where)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
        {
            throw new RestoreException(ProblemCode.Usage, $"'{text}' is not valid for {where}", "expected something like https://gateway.storjshare.io", text.Contains("://", StringComparison.Ordinal) ? "an S3 endpoint begins with https:// or http://" : $"write https:// in front: https://{text}");
        }

        return uri;
    }
}
