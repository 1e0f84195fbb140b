namespace CnpgRestore.Plans.Advice;

/// <summary>Whether a sentence of the runbook holds here.</summary>
/// <param name="Holds">Null where it could not be looked at.</param>
/// <param name="Evidence">What was measured, as one clause.</param>
public sealed record Verdict(bool? Holds, string Evidence);
