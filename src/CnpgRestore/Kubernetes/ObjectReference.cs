using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>Names one object of the API; the same name may later be another object, which only its <c>uid</c> tells.</summary>
public readonly record struct ObjectReference(ResourceType Type, string? Namespace, string Name)
{
    /// <summary>The object that some JSON of this type is.</summary>
    public static ObjectReference Of(ResourceType type, JsonObject item) =>
        new(type, item.Text("metadata", "namespace"), item.Text("metadata", "name") ?? "");

    /// <summary>As messages say it: <c>cluster orders in namespace shop</c>.</summary>
    public override string ToString() => Namespace is null ? $"{Type.Word} {Name}" : $"{Type.Word} {Name} in namespace {Namespace}";

    internal string Path => Type.PathIn(Namespace, Name);
}
