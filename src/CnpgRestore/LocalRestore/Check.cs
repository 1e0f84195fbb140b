namespace CnpgRestore.LocalRestore;

/// <summary>One proof of a drill.</summary>
/// <param name="Name">What is claimed: <c>system identifier</c>.</param>
/// <param name="Detail">The evidence for or against it.</param>
public sealed record Check(string Name, bool Passed, string Detail);
