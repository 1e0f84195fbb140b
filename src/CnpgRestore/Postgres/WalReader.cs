using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace CnpgRestore.Postgres;

/// <summary>
/// Reads WAL segments of PostgreSQL 13 to 18 and gives the records that <see cref="WalEvent"/> knows. Every record is checked as PostgreSQL does it (page
/// address, chain, CRC); the first one that does not hold is the end of the log, as in recovery.
/// </summary>
public sealed class WalReader(WalSegmentSize size)
{
    private const int PageSize = 8192;

    private readonly WalRecord _record = new();
    private readonly List<WalEvent> _events = [];
    private Lsn? _next;
    private Lsn? _previous;
    private Lsn? _skipUntil;
    private bool _ended;

    /// <summary>Where the last whole record begins.</summary>
    public Lsn? LastRecord { get; private set; }

    public SystemIdentifier? SystemId { get; private set; }

    /// <summary>
    /// The records that begin and end in the segments read so far: call it again with the next segment, and a record that lies on both
    /// comes out too.
    /// </summary>
    /// <param name="wal">The segment, decompressed. Left open.</param>
    /// <exception cref="InvalidDataException">The stream is not the segment with this name.</exception>
    public async IAsyncEnumerable<WalEvent> ReadAsync(WalSegmentName segment, Stream wal, [EnumeratorCancellation] CancellationToken ct)
    {
        var address = segment.FirstLsn(size);
        if (address != _next)
        {
            _record.Close();
            _ended = false;
            _previous = null;
        }

        var page = new byte[PageSize];
        _next = segment.EndLsn(size);
        for (var isFirst = true; !_ended && address < _next && await wal.ReadAtLeastAsync(page, PageSize, throwOnEndOfStream: false, ct) == PageSize; isFirst = false)
        {
            ReadPage(page, address, segment, isFirst);
            foreach (var item in _events)
            {
                yield return item;
            }

            _events.Clear();
            address += PageSize;
        }
    }

    private void ReadPage(ReadOnlySpan<byte> page, Lsn address, WalSegmentName segment, bool isFirst)
    {
        if (address < _skipUntil)
        {
            return;
        }

        if (!WalPageHeader.TryRead(page, address, size, out var header))
        {
            _ended = true;
            if (isFirst)
            {
                throw new InvalidDataException($"this is not WAL segment {segment}: its first page does not say that it begins at {address}");
            }

            return;
        }

        SystemId ??= header.SystemId;
        if (FirstRecordOffset(header) is { } offset)
        {
            ReadRecords(page, header, offset);
        }
        else
        {
            _ended = true;
        }
    }

    /// <summary>
    /// Where on the page the record goes on that is open, or else the first record that begins here; null where the page does not go on with what was
    /// read so far, as XLogDecodeNextRecord decides it (src/backend/access/transam/xlogreader.c).
    /// </summary>
    private int? FirstRecordOffset(WalPageHeader header)
    {
        if (_record.IsOpen && header is { Overwrites: true, Continues: false })
        {
            _record.Close();
            _previous = null;
        }

        if (_record.IsOpen)
        {
            return header.Continues && header.RemainingLength == _record.Remaining ? header.Size : null;
        }

        // Only at the beginning may there be the rest of a record that nobody has seen.
        return !header.Continues ? header.Size
            : _previous is null ? (int)Math.Min(PageSize, header.Size + Align(header.RemainingLength))
            : null;
    }

    private void ReadRecords(ReadOnlySpan<byte> page, WalPageHeader header, int offset)
    {
        while (offset < PageSize)
        {
            if (!_record.IsOpen)
            {
                var length = BinaryPrimitives.ReadUInt32LittleEndian(page[offset..]);
                if (length < WalRecord.HeaderSize)
                {
                    _ended = true;
                    return;
                }

                _record.Open(header.Address + (ulong)offset, length);
            }

            offset += _record.Take(page[offset..]);
            if (_record.Remaining > 0)
            {
                return;
            }

            if (!TakeRecord())
            {
                _ended = true;
                return;
            }

            if (_record.IsSwitch)
            {
                _skipUntil = WalSegmentName.FromLsn(default, header.Address, size).EndLsn(size);
                return;
            }

            offset = (int)Align((uint)offset);
        }
    }

    private bool TakeRecord()
    {
        _record.Close();
        if (!_record.IsValid() || (_previous is { } previous && _record.Previous != previous))
        {
            return false;
        }

        _previous = _record.Start;
        LastRecord = _record.Start;
        if (_record.ToEvent() is { } found)
        {
            _events.Add(found);
        }

        return true;
    }

    /// <summary>Records begin at multiples of eight bytes.</summary>
    private static long Align(uint offset) => ((long)offset + 7) & ~7L;
}
