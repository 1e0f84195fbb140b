using System.Text.Json.Nodes;

namespace CnpgRestore.Manifests;

/// <summary>One key of a Secret in the Cluster's namespace.</summary>
public sealed record SecretKey(string Name, string Key)
{
    public static SecretKey? Read(JsonNode? reference) =>
        reference.Text("name") is { } name && reference.Text("key") is { } key ? new SecretKey(name, key) : null;
}
