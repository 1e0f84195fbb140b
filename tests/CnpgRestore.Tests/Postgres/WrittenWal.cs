using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Postgres;

/// <summary>WAL as PostgreSQL 15 lays it out (src/include/access/xlog_internal.h, xlogrecord.h): pages with their headers, and one record over as many as it takes.</summary>
static class WrittenWal
{
    public const int PageSize = 8192;
    public const ulong SystemId = 7_713_784_438_669_688_845;

    private const int ShortHeader = 24;
    private const int LongHeader = 40;

    // src/include/access/rmgrlist.h.
    private const byte TransactionManager = 1;
    private const byte TablespaceManager = 5;

    // XLOG_XACT_COMMIT and XLOG_XACT_ABORT (src/include/access/xact.h); XLOG_TBLSPC_CREATE and XLOG_TBLSPC_DROP (src/include/commands/tablespace.h).
    private const byte CommitInfo = 0x00;
    private const byte AbortInfo = 0x20;
    private const byte CreateInfo = 0x00;
    private const byte DropInfo = 0x10;

    /// <summary>A commit that begins with a segment; zeros behind it. As many segments as it lies on.</summary>
    public static List<byte[]> Commit(WalSegmentName segment, WalSegmentSize size, DateTimeOffset time, int length) => Write(segment, size, Record(TransactionManager, CommitInfo, Time(time), length));

    /// <summary>The same with a rollback.</summary>
    public static List<byte[]> Abort(WalSegmentName segment, WalSegmentSize size, DateTimeOffset time, int length) => Write(segment, size, Record(TransactionManager, AbortInfo, Time(time), length));

    public static List<byte[]> TablespaceCreation(WalSegmentName segment, WalSegmentSize size, string location, int length) => Write(segment, size, Record(TablespaceManager, CreateInfo, Tablespace(location), length));

    public static List<byte[]> TablespaceDrop(WalSegmentName segment, WalSegmentSize size, string location, int length) => Write(segment, size, Record(TablespaceManager, DropInfo, Tablespace(location), length));

    private static List<byte[]> Write(WalSegmentName segment, WalSegmentSize size, ReadOnlySpan<byte> rest)
    {
        var length = rest.Length;
        List<byte[]> segments = [];
        for (var address = segment.FirstLsn(size).Value; !rest.IsEmpty; address += PageSize)
        {
            var isLong = address % size.Bytes == 0;
            if (isLong)
            {
                segments.Add(new byte[size.Bytes]);
            }

            var page = segments[^1].AsSpan((int)(address % size.Bytes), PageSize);
            BinaryPrimitives.WriteUInt16LittleEndian(page, 0xD110);
            page[2] = (byte)((rest.Length < length ? 1 : 0) | (isLong ? 2 : 0));
            BinaryPrimitives.WriteUInt64LittleEndian(page[8..], address);
            BinaryPrimitives.WriteInt32LittleEndian(page[16..], rest.Length < length ? rest.Length : 0);
            if (isLong)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(page[24..], SystemId);
                BinaryPrimitives.WriteUInt32LittleEndian(page[32..], size.Bytes);
                BinaryPrimitives.WriteInt32LittleEndian(page[36..], PageSize);
            }

            var body = page[(isLong ? LongHeader : ShortHeader)..];
            var taken = Math.Min(body.Length, rest.Length);
            rest[..taken].CopyTo(body);
            rest = rest[taken..];
        }

        return segments;
    }

    private static byte[] Time(DateTimeOffset time) =>
        BitConverter.GetBytes((time - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).Ticks / TimeSpan.TicksPerMicrosecond);

    private static byte[] Tablespace(string location) => [.. BitConverter.GetBytes(16_400u), .. Encoding.UTF8.GetBytes(location), 0];

    /// <summary>A record with more than 255 bytes of data: these, and zeros up to the length of the whole.</summary>
    private static byte[] Record(byte manager, byte info, byte[] data, int length)
    {
        var record = new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(record, length);
        record[16] = info;
        record[17] = manager;
        record[24] = 254;
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(25), length - 29);
        data.CopyTo(record, 29);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(20), ~Checksum(Checksum(uint.MaxValue, record.AsSpan(24)), record.AsSpan(0, 20)));
        return record;
    }

    private static uint Checksum(uint checksum, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return checksum;
    }
}
