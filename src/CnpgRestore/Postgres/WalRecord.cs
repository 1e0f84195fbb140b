using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace CnpgRestore.Postgres;

/// <summary>
/// One WAL record while its pieces are collected from the pages it lies on. Layout: src/include/access/xlogrecord.h, the same from
/// PostgreSQL 13 to 18. Only the first bytes are kept: what we look for is small, and a record may have a gigabyte.
/// </summary>
sealed class WalRecord
{
    public const int HeaderSize = 24;

    // A tablespace's location has up to 1024 bytes (MAXPGPATH); all else that we look for is shorter.
    private const int KeptSize = 1100;
    private const int PreviousOffset = 8;
    private const int InfoOffset = 16;
    private const int ManagerOffset = 17;
    private const int ChecksumOffset = 20;

    private const byte XlogManager = 0;
    private const byte TransactionManager = 1;
    private const byte TablespaceManager = 5;

    private readonly byte[] _header = new byte[HeaderSize];
    private readonly byte[] _body = new byte[KeptSize];
    private long _seen;
    private uint _checksum;

    public bool IsOpen { get; private set; }

    public Lsn Start { get; private set; }

    public uint Length { get; private set; }

    public long Remaining => Length - _seen;

    /// <summary>The start of the record before this one.</summary>
    public Lsn Previous => new(BinaryPrimitives.ReadUInt64LittleEndian(_header.AsSpan(PreviousOffset)));

    /// <summary>The record after which the rest of the segment is empty (XLOG_SWITCH).</summary>
    public bool IsSwitch => _header[ManagerOffset] == XlogManager && (_header[InfoOffset] & 0xF0) == 0x40;

    public void Open(Lsn start, uint length)
    {
        Start = start;
        Length = length;
        _seen = 0;
        _checksum = uint.MaxValue;
        IsOpen = true;
    }

    public void Close() => IsOpen = false;

    /// <summary>Takes what belongs to this record from the front of <paramref name="bytes"/>, and says how much that was.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(Remaining, bytes.Length);
        var rest = bytes[..taken];
        if (_seen < HeaderSize)
        {
            var header = rest[..(int)Math.Min(HeaderSize - _seen, rest.Length)];
            header.CopyTo(_header.AsSpan((int)_seen));
            _seen += header.Length;
            rest = rest[header.Length..];
        }

        if (!rest.IsEmpty)
        {
            var kept = _seen - HeaderSize;
            if (kept < KeptSize)
            {
                rest[..(int)Math.Min(KeptSize - kept, rest.Length)].CopyTo(_body.AsSpan((int)kept));
            }

            _checksum = Checksum(_checksum, rest);
            _seen += rest.Length;
        }

        return taken;
    }

    /// <summary>CRC-32C over the data and then over the header, as PostgreSQL computes it.</summary>
    public bool IsValid() =>
        ~Checksum(_checksum, _header.AsSpan(0, ChecksumOffset)) == BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(ChecksumOffset));

    /// <summary>Null for a record of any other kind.</summary>
    public WalEvent? ToEvent()
    {
        var manager = _header[ManagerOffset];
        if (manager is not (XlogManager or TransactionManager or TablespaceManager) || !TryFindData(out var data))
        {
            return null;
        }

        var info = _header[InfoOffset];
        if (manager == TablespaceManager)
        {
            // XLOG_TBLSPC_CREATE: an oid and a path.
            return (info & 0xF0) == 0 && data.Length > sizeof(uint) ? new WalEvent.TablespaceCreation(Start, Text(data[sizeof(uint)..])) : null;
        }

        if (data.Length < sizeof(long))
        {
            return null;
        }

        if (manager == XlogManager)
        {
            // XLOG_RESTORE_POINT: a time and a name.
            return (info & 0xF0) == 0x70 ? new WalEvent.RestorePoint(Start, Time(data), Text(data[sizeof(long)..])) : null;
        }

        // XLOG_XACT_COMMIT, _ABORT, _COMMIT_PREPARED, _ABORT_PREPARED; each begins with its time.
        return (info & 0x70) switch
        {
            0x00 or 0x30 => new WalEvent.Commit(Start, Time(data)),
            0x20 or 0x40 => new WalEvent.Abort(Start, Time(data)),
            _ => null,
        };
    }

    /// <summary>The record's own data behind the small headers in front of it; false where block references come first, which our records have not.</summary>
    private bool TryFindData(out ReadOnlySpan<byte> data)
    {
        data = default;
        const byte shortData = 255;
        const byte longData = 254;
        const byte origin = 253;
        const byte topLevelTransaction = 252;
        var kept = _body.AsSpan(0, (int)Math.Min(KeptSize, Length - HeaderSize));
        while (!kept.IsEmpty)
        {
            var skip = kept[0] switch { shortData => 2, longData => 5, origin => 3, topLevelTransaction => 5, _ => int.MaxValue };
            if (skip > kept.Length)
            {
                return false;
            }

            if (kept[0] is shortData or longData)
            {
                data = kept[skip..];
                return true;
            }

            kept = kept[skip..];
        }

        return false;
    }

    /// <summary>Microseconds since 2000-01-01 UTC.</summary>
    private static DateTimeOffset Time(ReadOnlySpan<byte> data)
    {
        var epoch = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var microseconds = BinaryPrimitives.ReadInt64LittleEndian(data);
        var most = (DateTimeOffset.MaxValue - epoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var least = (DateTimeOffset.MinValue - epoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return epoch.AddTicks(Math.Clamp(microseconds, least, most) * TimeSpan.TicksPerMicrosecond);
    }

    private static string Text(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? data : data[..end]);
    }

    private static uint Checksum(uint checksum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return checksum;
    }
}
