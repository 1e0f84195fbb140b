using System.Buffers.Binary;

namespace CnpgRestore.Postgres;

/// <summary>The header of one 8 KiB page of WAL (src/include/access/xlog_internal.h); the first page of a segment has the long form.</summary>
/// <param name="Continues">It begins with the rest of a record from the page before.</param>
/// <param name="Overwrites">The record that was open on the page before was never finished: the server crashed and wrote on without it.</param>
readonly record struct WalPageHeader(Lsn Address, int Size, bool Continues, bool Overwrites, uint RemainingLength, SystemIdentifier? SystemId)
{
    private const int ShortSize = 24;
    private const int LongSize = 40;
    private const ushort ContinuesFlag = 1;
    private const ushort LongFlag = 2;
    private const ushort OverwritesFlag = 8;

    /// <summary>False for anything that is not the page at <paramref name="address"/>: zeros, other files, or what a recycled segment held before.</summary>
    public static bool TryRead(ReadOnlySpan<byte> page, Lsn address, WalSegmentSize size, out WalPageHeader header)
    {
        header = default;
        var magic = BinaryPrimitives.ReadUInt16LittleEndian(page);
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(page[2..]);
        var isLong = (flags & LongFlag) != 0;

        // PostgreSQL 12 to 18 count up from 0xD101.
        if (magic >> 8 != 0xD1 || BinaryPrimitives.ReadUInt64LittleEndian(page[8..]) != address.Value || isLong != (address.Value % size.Bytes == 0))
        {
            return false;
        }

        if (isLong && (BinaryPrimitives.ReadUInt32LittleEndian(page[32..]) != size.Bytes || BinaryPrimitives.ReadUInt32LittleEndian(page[36..]) != page.Length))
        {
            return false;
        }

        header = new WalPageHeader(
            address,
            isLong ? LongSize : ShortSize,
            (flags & ContinuesFlag) != 0,
            (flags & OverwritesFlag) != 0,
            BinaryPrimitives.ReadUInt32LittleEndian(page[16..]),
            isLong ? new SystemIdentifier(BinaryPrimitives.ReadUInt64LittleEndian(page[24..])) : null);
        return true;
    }
}
