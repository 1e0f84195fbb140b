using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>What the server serves, asked once (Kubernetes API concepts, API discovery).</summary>
sealed class Discovery(ApiRequests requests)
{
    private const string ScaleSuffix = "/scale";

    /// <summary>Of a group that is asked only for what it may have besides: an aggregated API that is down answers 503 for days.</summary>
    private const int FewAttempts = 2;

    // By group and version.
    private readonly ConcurrentDictionary<string, IReadOnlyList<JsonNode>> _resources = new(StringComparer.Ordinal);
    private JsonObject? _version;

    public async Task<bool> SupportsAsync(ResourceType type, CancellationToken ct) =>
        (await ResourcesAsync(type.ApiVersion, ct)).Any(resource => resource.Text("name") == type.Plural);

    /// <summary>Null where the server has no such kind.</summary>
    public async Task<ResourceType?> FindAsync(string apiVersion, string kind, CancellationToken ct)
    {
        // A subresource bears its owner's kind, or another, behind a slash.
        var found = (await ResourcesAsync(apiVersion, ct)).FirstOrDefault(
            resource => resource.Text("kind") == kind && !resource.Text("name")!.Contains('/', StringComparison.Ordinal));
        return found is null ? null : Type(apiVersion, found);
    }

    public async Task<bool> HasScaleAsync(ResourceType type, CancellationToken ct) =>
        (await ResourcesAsync(type.ApiVersion, ct)).Any(resource => resource.Text("name") == type.Plural + ScaleSuffix);

    /// <summary>A group that does not answer, as of an aggregated API that is down, has none.</summary>
    public async Task<IReadOnlyList<ResourceType>> WithScaleAsync(CancellationToken ct)
    {
        var groups = await requests.SendAsync(ApiRequest.Read("get", ResourceTypes.Nodes, "/apis"), ct);
        var found = new List<ResourceType>();
        foreach (var version in groups.Items("groups").Select(group => group.Text("preferredVersion", "groupVersion")).OfType<string>().Prepend("v1"))
        {
            try
            {
                var resources = await ResourcesAsync(version, ct, FewAttempts);
                var scaled = resources.Where(resource => resources.Any(other => other.Text("name") == resource.Text("name") + ScaleSuffix));
                found.AddRange(scaled.Select(resource => Type(version, resource)));
            }
            catch (RestoreException e) when (e.Problem.Code == ProblemCode.Unreachable)
            {
                // Its workloads cannot be reached either.
            }
        }

        return found;
    }

    public async Task<string> VersionAsync(CancellationToken ct) => (await AskVersionAsync(ct)).Text("gitVersion") ?? "";

    public async Task<bool> IsAtLeastAsync(int major, int minor, CancellationToken ct)
    {
        var version = await AskVersionAsync(ct);
        return (Number(version.Text("major")), Number(version.Text("minor"))).CompareTo((major, minor)) >= 0;
    }

    private async Task<JsonObject> AskVersionAsync(CancellationToken ct) =>
        _version ??= await requests.SendAsync(ApiRequest.Read("get", ResourceTypes.Nodes, "/version"), ct);

    private async Task<IReadOnlyList<JsonNode>> ResourcesAsync(string apiVersion, CancellationToken ct, int attempts = int.MaxValue)
    {
        if (!_resources.TryGetValue(apiVersion, out var resources))
        {
            var path = apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";
            var list = await requests.FindAsync(ApiRequest.Read("get", ResourceTypes.Nodes, path) with { MostAttempts = attempts }, ct);
            resources = [.. list.Items("resources")];
            _resources[apiVersion] = resources;
        }

        return resources;
    }

    private static ResourceType Type(string apiVersion, JsonNode resource)
    {
        var (group, version) = apiVersion.Split('/') is [var first, var second] ? (first, second) : ("", apiVersion);
        return new ResourceType(group, version, resource.Text("name")!, resource.Text("kind")!, resource.Flag("namespaced") == true);
    }

    // Some providers write a minor version as "30+".
    private static int Number(string? text) => int.TryParse(text?.TrimEnd('+'), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
