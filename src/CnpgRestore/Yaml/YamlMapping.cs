namespace CnpgRestore.Yaml;

/// <summary>A mapping in the order of the text.</summary>
public sealed class YamlMapping : YamlNode
{
    public required bool IsFlow { get; init; }

    public List<YamlEntry> Entries { get; } = [];

    /// <summary>The entry that is written in this very mapping, merged ones left aside.</summary>
    public YamlEntry? OwnEntry(string key) => Entries.Find(entry => !entry.IsMerge && entry.Name == key);

    /// <summary>The value of a key. An explicit entry wins over <c>&lt;&lt;</c>, wherever it stands (YAML 1.1, merge key).</summary>
    public YamlNode? Get(string key) =>
        OwnEntry(key)?.Value ?? MergedMappings().Select(mapping => mapping.Get(key)).FirstOrDefault(value => value is not null);

    /// <summary>What <c>&lt;&lt;</c> brings in; of several the first one wins.</summary>
    internal IEnumerable<YamlMapping> MergedMappings() =>
        from entry in Entries
        where entry.IsMerge
        from source in entry.Value.Resolved is YamlSequence list ? list.Items : [entry.Value]
        let mapping = source.Resolved as YamlMapping
        where mapping is not null
        select mapping;
}
