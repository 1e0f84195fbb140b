using System.Buffers.Binary;

namespace CnpgRestore.Compression;

/// <summary>
/// The last four bytes of a gzip file are the size of its content (RFC 1952). <see cref="System.IO.Compression.GZipStream"/> checks them
/// only when it comes that far: where the bytes stop early it ends without a word (measured with .NET 10.0.12).
/// Files of several members are refused too; barman writes one.
/// </summary>
sealed class GzipEnd : IEndCheck
{
    private readonly byte[] _last = new byte[sizeof(uint)];

    public void See(ReadOnlySpan<byte> compressed)
    {
        var kept = _last.Length - Math.Min(_last.Length, compressed.Length);
        _last.AsSpan(_last.Length - kept).CopyTo(_last);
        compressed[^(_last.Length - kept)..].CopyTo(_last.AsSpan(kept));
    }

    public string? Judge(long written)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(_last);
        return (uint)written == size ? null : $"the gzip file is cut or damaged: it ends after {written} bytes of content, and its last bytes say {size}";
    }
}
