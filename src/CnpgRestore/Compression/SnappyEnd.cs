namespace CnpgRestore.Compression;

/// <summary>
/// Follows the chunks of snappy's framing format: a type, a length of three bytes, the data. The decompressor takes a file that ends within a
/// chunk for a whole one. A file that is cut between two chunks cannot be told from a whole one by anybody.
/// </summary>
sealed class SnappyEnd : IEndCheck
{
    private const int HeaderSize = 4;

    private readonly byte[] _header = new byte[HeaderSize];
    private int _headerSeen;
    private int _dataLeft;

    public void See(ReadOnlySpan<byte> compressed)
    {
        while (!compressed.IsEmpty)
        {
            if (_dataLeft > 0)
            {
                var skipped = Math.Min(_dataLeft, compressed.Length);
                _dataLeft -= skipped;
                compressed = compressed[skipped..];
                continue;
            }

            _header[_headerSeen++] = compressed[0];
            compressed = compressed[1..];
            if (_headerSeen == HeaderSize)
            {
                _headerSeen = 0;
                _dataLeft = _header[1] | (_header[2] << 8) | (_header[3] << 16);
            }
        }
    }

    public string? Judge(long written) => _headerSeen == 0 && _dataLeft == 0 ? null : $"the snappy file is cut: it ends within a chunk, after {written} bytes of content";
}
