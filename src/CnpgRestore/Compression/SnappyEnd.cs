namespace CnpgRestore.Compression;

/// <summary>
/// Follows the chunks of snappy's framing format: a type, a length of three bytes, the data. The decompressor takes a file that ends within a
/// chunk for a whole one, and a last chunk that gives less than it promises (seen with Snappier 1.3.1). A file that is cut between two chunks cannot
/// be told from a whole one by anybody.
/// </summary>
sealed class SnappyEnd : IEndCheck
{
    private const int HeaderSize = 4;
    private const int ChecksumSize = 4;
    private const int LongestSize = 5;
    private const byte Compressed = 0;
    private const byte Uncompressed = 1;

    // Chunks that a decompressor passes over without a word. Nobody writes them: a damaged type of a chunk of data looks like that.
    private const byte FirstReserved = 0x80;
    private const byte LastReserved = 0xFD;

    private readonly byte[] _header = new byte[HeaderSize];
    private readonly byte[] _body = new byte[ChecksumSize + LongestSize];
    private int _headerSeen;
    private int _bodySeen;
    private int _dataLeft;
    private long _promised;
    private bool _hidesData;
    private long _written;

    public void See(ReadOnlySpan<byte> compressed)
    {
        while (!compressed.IsEmpty)
        {
            if (_dataLeft > 0)
            {
                var seen = Math.Min(_dataLeft, compressed.Length);
                SeeBody(compressed[..seen]);
                compressed = compressed[seen..];
                continue;
            }

            _header[_headerSeen++] = compressed[0];
            compressed = compressed[1..];
            if (_headerSeen == HeaderSize)
            {
                _hidesData |= _header[0] is >= FirstReserved and <= LastReserved;
                _dataLeft = BodySize;
                (_headerSeen, _bodySeen) = (0, 0);
            }
        }
    }

    public void CameOut(int bytes) => _written += bytes;

    public string? Judge() =>
        _hidesData ? $"the snappy file is damaged: a chunk of it is of no known type, among {_written} bytes of content"
        : _headerSeen != 0 || _dataLeft != 0 ? $"the snappy file is cut: it ends within a chunk, after {_written} bytes of content"
        : _written != _promised ? $"the snappy file is damaged: it ends after {_written} bytes of content, and its chunks say {_promised}"
        : null;

    private int BodySize => _header[1] | (_header[2] << 8) | (_header[3] << 16);

    private void SeeBody(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes[..Math.Min(bytes.Length, _body.Length - _bodySeen)];
        kept.CopyTo(_body.AsSpan(_bodySeen));
        _bodySeen += kept.Length;
        _dataLeft -= bytes.Length;
        if (_dataLeft == 0)
        {
            _promised += _header[0] switch { Compressed => CompressedSize(), Uncompressed => BodySize - ChecksumSize, _ => 0 };
        }
    }

    /// <summary>Behind the checksum, seven bits in each byte, the lowest first.</summary>
    private long CompressedSize()
    {
        var size = 0L;
        for (var at = ChecksumSize; at < _bodySeen; at++)
        {
            size |= (long)(_body[at] & 0x7F) << (7 * (at - ChecksumSize));
            if (_body[at] < 0x80)
            {
                break;
            }
        }

        return size;
    }
}
