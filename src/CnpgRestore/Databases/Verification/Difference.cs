namespace CnpgRestore.Databases.Verification;

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Kind"><c>rows</c>, <c>table</c>, <c>owner</c>, <c>constraint</c>, <c>index</c>, <c>extension</c>, <c>sequence</c>, <c>view</c>,
/// <c>trigger</c>, <c>policy</c>, <c>large objects</c>, <c>statistics</c> or <c>sql</c>.</param>
/// <param name="Subject">The table, index or statement.</param>
public sealed record Difference(string Kind, string Subject, string Detail);
