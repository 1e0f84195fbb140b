namespace CnpgRestore.Kubernetes;

/// <summary>A kind of object as the API serves it: group, version and the plural of its path. The core group is the empty text.</summary>
public readonly record struct ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    /// <summary>As manifests write it: <c>v1</c>, <c>postgresql.cnpg.io/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The kind as a person says it in a sentence: <c>cluster</c>, <c>persistentvolumeclaim</c>.</summary>
    public string Word => Kind.ToLowerInvariant();

    /// <summary>As kubectl names it where groups share a plural: <c>clusters.postgresql.cnpg.io</c>.</summary>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The path below the server's address (Kubernetes API concepts, resource URIs); without a namespace, that of all of them.</summary>
    internal string PathIn(string? ns, string? name = null, string? subresource = null)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        var scope = Namespaced && ns is not null ? $"/namespaces/{Uri.EscapeDataString(ns)}" : "";
        var item = name is null ? "" : $"/{Uri.EscapeDataString(name)}";
        return $"{root}{scope}/{Plural}{item}{(subresource is null ? "" : $"/{subresource}")}";
    }
}
