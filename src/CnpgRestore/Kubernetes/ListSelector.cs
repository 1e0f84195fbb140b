namespace CnpgRestore.Kubernetes;

/// <summary>Which objects of a type, in kubectl's notation: <c>-l cnpg.io/cluster=orders</c>, <c>--field-selector metadata.name=orders</c>.</summary>
public sealed record ListSelector(string? Labels = null, string? Fields = null)
{
    public static ListSelector All { get; } = new();

    public static ListSelector Named(string name) => new(Fields: $"metadata.name={name}");

    internal string Query =>
        (Labels is null ? "" : $"&labelSelector={Uri.EscapeDataString(Labels)}") + (Fields is null ? "" : $"&fieldSelector={Uri.EscapeDataString(Fields)}");
}
