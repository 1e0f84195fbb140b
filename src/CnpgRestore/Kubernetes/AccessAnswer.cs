namespace CnpgRestore.Kubernetes;

/// <summary>Whether RBAC allows the present user something, and why, in the API's words where it gives any.</summary>
public sealed record AccessAnswer(bool Allowed, string? Reason);
