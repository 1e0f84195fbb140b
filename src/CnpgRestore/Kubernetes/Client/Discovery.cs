using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>What the server serves, asked once (Kubernetes API concepts, API discovery).</summary>
sealed class Discovery(ApiRequests requests)
{
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> _plurals = new(StringComparer.Ordinal);
    private JsonObject? _version;

    public async Task<bool> SupportsAsync(ResourceType type, CancellationToken ct)
    {
        if (!_plurals.TryGetValue(type.ApiVersion, out var plurals))
        {
            var path = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
            var list = await requests.FindAsync(ApiRequest.Read("get", type, path), ct);
            plurals = list.Items("resources").Select(resource => resource.Text("name")).OfType<string>().ToHashSet(StringComparer.Ordinal);
            _plurals[type.ApiVersion] = plurals;
        }

        return plurals.Contains(type.Plural);
    }

    public async Task<string> VersionAsync(CancellationToken ct) => (await AskVersionAsync(ct)).Text("gitVersion") ?? "";

    public async Task<bool> IsAtLeastAsync(int major, int minor, CancellationToken ct)
    {
        var version = await AskVersionAsync(ct);
        return (Number(version.Text("major")), Number(version.Text("minor"))).CompareTo((major, minor)) >= 0;
    }

    private async Task<JsonObject> AskVersionAsync(CancellationToken ct) =>
        _version ??= await requests.SendAsync(ApiRequest.Read("get", ResourceTypes.Nodes, "/version"), ct);

    // Some providers write a minor version as "30+".
    private static int Number(string? text) => int.TryParse(text?.TrimEnd('+'), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
