namespace CnpgRestore.ObjectStore;

/// <summary>
/// A prefix that ends in <c>/</c>, or is empty for the root. The final slash is not cosmetic: <c>postgres-v17</c> would also match
/// <c>postgres-v17-backup/</c>, and gateways with encrypted keys answer other prefixes slowly, partly, or with 501.
/// </summary>
public readonly record struct KeyPrefix : IComparable<KeyPrefix>
{
    public KeyPrefix(string value)
    {
        if (value.Length == 0)
        {
            return; // The root is equal to default, which no constructor makes.
        }

        Value = value.EndsWith('/') ? value : throw new ArgumentException($"'{value}' does not end in '/'.", nameof(value));
    }

    public static KeyPrefix Root { get; } = new("");

    public string Value => field ?? "";

    /// <summary>The last folder name, without slashes: <c>0000000100000000</c> of <c>postgres/wals/0000000100000000/</c>.</summary>
    public string Name
    {
        get
        {
            var trimmed = Value.TrimEnd('/');
            return trimmed[(trimmed.LastIndexOf('/') + 1)..];
        }
    }

    /// <summary>The folder <paramref name="name"/> inside this one.</summary>
    public KeyPrefix Folder(string name) => new($"{Value}{name}/");

    /// <summary>The object <paramref name="relative"/> inside this one; it may hold further slashes.</summary>
    public ObjectKey Key(string relative) => new(Value + relative);

    public bool Contains(ObjectKey key) => key.Value.StartsWith(Value, StringComparison.Ordinal);

    public bool Contains(KeyPrefix other) => other.Value.StartsWith(Value, StringComparison.Ordinal);

    /// <summary>The part of <paramref name="key"/> behind this prefix.</summary>
    /// <exception cref="ArgumentException">The key does not lie below this prefix.</exception>
    public string Relative(ObjectKey key) =>
        Contains(key) ? key.Value[Value.Length..] : throw new ArgumentException($"'{key}' is not below '{Value}'.", nameof(key));

    /// <summary>The same folder below another prefix.</summary>
    public KeyPrefix Rebase(KeyPrefix from, KeyPrefix to) =>
        from.Contains(this) ? new(to.Value + Value[from.Value.Length..]) : throw new ArgumentException($"'{Value}' is not below '{from.Value}'.", nameof(from));

    public int CompareTo(KeyPrefix other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
