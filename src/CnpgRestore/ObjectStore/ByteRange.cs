namespace CnpgRestore.ObjectStore;

/// <summary>A run of bytes of one object: <paramref name="Length"/> bytes from <paramref name="Offset"/> on.</summary>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>The last byte, inclusive, as an HTTP range writes it.</summary>
    public long Last => Offset + Length - 1;
}
