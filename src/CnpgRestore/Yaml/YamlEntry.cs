namespace CnpgRestore.Yaml;

/// <summary>One <c>key: value</c> of a mapping.</summary>
public sealed record YamlEntry(YamlNode Key, YamlNode Value)
{
    /// <summary>The text of the key, or null where the key is itself a collection.</summary>
    public string? Name => (Key.Resolved as YamlScalar)?.Value;

    public bool IsMerge => Key is YamlScalar { Value: "<<", Style: YamlStyle.Plain };
}
