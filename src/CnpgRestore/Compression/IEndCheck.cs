namespace CnpgRestore.Compression;

/// <summary>Tells a compressed object that ends where it should from one that was cut, where the decompressor itself takes both alike.</summary>
interface IEndCheck
{
    /// <summary>The next compressed bytes, in order.</summary>
    void See(ReadOnlySpan<byte> compressed);

    /// <summary>So many more bytes came out of what was seen until now.</summary>
    void CameOut(int bytes);

    /// <returns>What is wrong, as one clause; null when the end is where it should be.</returns>
    string? Judge();
}
