namespace CnpgRestore.Manifests;

/// <summary>A Flux variable to which nothing gives a value.</summary>
/// <param name="Reference">As it stands there: <c>${CLASS}</c>.</param>
/// <param name="Place"><c>cluster.yaml line 12</c>.</param>
public sealed record OpenVariable(string Reference, string Place);
