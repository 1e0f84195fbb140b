namespace CnpgRestore.Diagnosis;

/// <summary>Why a finding is believed.</summary>
/// <param name="Object">Where it was seen: <c>pod orders-1-full-recovery-x2k9p, container plugin-barman-cloud</c>, <c>s3://bucket/orders/</c>.</param>
/// <param name="Text">The log line, the field with its value, or the object's name.</param>
public sealed record Evidence(string Object, string Text);
