namespace CnpgRestore.Kubernetes;

/// <param name="Tail">Only the last so many lines; null: all that the node keeps.</param>
/// <param name="Previous">Of the container's run before the present one.</param>
public sealed record LogOptions(int? Tail = null, bool Previous = false);
