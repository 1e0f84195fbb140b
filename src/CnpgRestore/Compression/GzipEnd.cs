using System.Buffers.Binary;

namespace CnpgRestore.Compression;

/// <summary>
/// The last four bytes of a gzip member are the size of its content, modulo 2^32 (RFC 1952). <see cref="System.IO.Compression.GZipStream"/> checks them
/// only when it comes that far: where the bytes stop early it ends without a word (measured with .NET 10.0.12).
/// A file may have several members, one behind the other (bgzip; <c>gzip >> FILE</c>). Where one begins is told by its header, in the place where the size in
/// front of it is that of what has come out since the last one began. Bytes that only look like a header hardly ever stand there; where a packed file of
/// packed files has some that do, the members are followed with them and without.
/// </summary>
sealed class GzipEnd : IEndCheck
{
    private const int HeaderSize = 10;
    private const int SizeSize = sizeof(uint);

    /// <summary>More than checksum, size and header: what is this far behind, all of it has come out of.</summary>
    private const int FarBehind = 32;

    /// <summary>Header and end; a file without content has two bytes more.</summary>
    private const int Smallest = 18;

    /// <summary>How many ways to follow the members are kept: the earliest and the latest.</summary>
    private const int MostWays = 64;

    private const byte KnownFlags = 0x1F;
    private const byte LastSystem = 13;
    private const byte UnknownSystem = 255;

    private static readonly byte[] Start = [0x1F, 0x8B, 8];

    private readonly Queue<(uint Size, long From)> _found = [];
    private byte[] _seen = [];
    private int _tail;
    private long _total;
    private long _written;

    // Where in the content the present member may have begun.
    private readonly List<long> _starts = [0];

    // What had come out when the present stretch of compressed bytes, and the one before it, began.
    private int _stretch;
    private long _stretchStart;
    private long _stretchBefore;

    public void See(ReadOnlySpan<byte> compressed)
    {
        // The decompressor asks for more when everything that it has is used up.
        Settle();
        if (_stretch >= FarBehind)
        {
            (_stretchBefore, _stretchStart, _stretch) = (_stretchStart, _written, 0);
        }

        _stretch += compressed.Length;
        _total += compressed.Length;
        var seen = Append(compressed);
        for (var at = SizeSize; at + HeaderSize <= seen.Length; at++)
        {
            var next = seen[at..].IndexOf(Start);
            if (next < 0 || (at += next) + HeaderSize > seen.Length)
            {
                break;
            }

            if (IsHeader(seen[at..]))
            {
                _found.Enqueue((BinaryPrimitives.ReadUInt32LittleEndian(seen[(at - SizeSize)..]), _stretchBefore));
            }
        }

        // A size and a header but for its last byte.
        _tail = Math.Min(seen.Length, SizeSize + HeaderSize - 1);
        seen[^_tail..].CopyTo(_seen);
    }

    public void CameOut(int bytes) => _written += bytes;

    public string? Judge()
    {
        Settle();
        Span<byte> last = stackalloc byte[SizeSize];
        last.Clear();
        var kept = Math.Min(_tail, SizeSize);
        _seen.AsSpan(_tail - kept, kept).CopyTo(last[^kept..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(last);
        return _total is 0 or >= Smallest && _starts.Exists(start => (uint)(_written - start) == size) ? null
            : $"the gzip file is cut or damaged: it ends after {_written - _starts[^1]} bytes of content{(_starts.Count == 1 ? "" : $" of a part that begins at {_starts[^1]}")}, and its last bytes say {size}";
    }

    /// <summary>Whether what looked like headers were some: then the members in front of them have come out whole by now, and not long ago.</summary>
    private void Settle()
    {
        while (_found.TryDequeue(out var found))
        {
            // The last one is always the way that leaves out no header.
            foreach (var start in _starts.ToArray())
            {
                // The last place that the size allows.
                var end = _written - unchecked((uint)(_written - start) - found.Size);
                if (end >= found.From && end >= start && !_starts.Contains(end))
                {
                    _starts.Add(end);
                }
            }

            if (_starts.Count > MostWays)
            {
                _starts.RemoveRange(MostWays / 2, _starts.Count - MostWays);
            }
        }
    }

    private Span<byte> Append(ReadOnlySpan<byte> compressed)
    {
        if (_seen.Length < _tail + compressed.Length)
        {
            Array.Resize(ref _seen, _tail + compressed.Length);
        }

        compressed.CopyTo(_seen.AsSpan(_tail));
        return _seen.AsSpan(0, _tail + compressed.Length);
    }

    // Flags beyond these are reserved; the effort is 0, 2 or 4; the system is one of a short list.
    private static bool IsHeader(ReadOnlySpan<byte> header) => header[3] <= KnownFlags && header[8] is (0 or 2 or 4) && header[9] is (<= LastSystem or UnknownSystem);
}
