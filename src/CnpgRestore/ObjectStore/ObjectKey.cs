namespace CnpgRestore.ObjectStore;

/// <summary>
/// The name of one object, relative to the root that the store was opened with: <c>postgres-v17/wals/0000000100000000/000000010000000000000001.gz</c>.
/// Keys compare by their bytes, as S3 orders them.
/// </summary>
public readonly record struct ObjectKey(string Value) : IComparable<ObjectKey>
{
    /// <summary>The part behind the last <c>/</c>.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The level that holds this key.</summary>
    public KeyPrefix Parent => new(Value[..(Value.LastIndexOf('/') + 1)]);

    /// <summary>The same key below another prefix.</summary>
    /// <exception cref="ArgumentException">The key does not lie below <paramref name="from"/>.</exception>
    public ObjectKey Rebase(KeyPrefix from, KeyPrefix to) => to.Key(from.Relative(this));

    public int CompareTo(ObjectKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
