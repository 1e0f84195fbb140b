namespace CnpgRestore.Diagnosis.Collection;

/// <summary>What a key of a Secret is like; never what it holds.</summary>
/// <param name="Field">What refers to it: <c>accessKeyId</c>.</param>
/// <param name="Keys">Those that the Secret has; null where it does not exist.</param>
/// <param name="EndsInNewline">Which breaks the signature; a certificate may.</param>
public sealed record SecretShape(string Secret, string Key, string Field, IReadOnlyList<string>? Keys, bool IsEmpty, bool EndsInNewline)
{
    public bool IsMissing => Keys is null || !Keys.Contains(Key);
}
