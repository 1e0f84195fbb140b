using CnpgRestore.Compression;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>What one object below <c>wals/</c> is, told by its name alone; a closed choice.</summary>
public abstract record WalFile
{
    private WalFile()
    {
    }

    /// <summary>A whole segment: <c>000000010000000000000002.gz</c>.</summary>
    public sealed record Segment(WalSegmentName Name, ArchiveCompression Compression) : WalFile;

    /// <summary>The last, unfinished segment of a timeline that a promotion left: <c>000000010000000000000004.partial</c>.</summary>
    public sealed record Partial(WalSegmentName Name, ArchiveCompression Compression) : WalFile;

    /// <summary>The note about a base backup: <c>000000010000000000000002.00000028.backup</c>.</summary>
    public sealed record BackupHistory(WalSegmentName Name, uint Offset, ArchiveCompression Compression) : WalFile;

    /// <summary>A timeline history: <c>00000002.history</c>.</summary>
    public sealed record TimelineHistory(TimelineId Timeline, ArchiveCompression Compression) : WalFile;

    /// <summary>Nothing that barman would read. <paramref name="DoublyCompressed"/> says that it would be, without its last suffix.</summary>
    public sealed record Stray(bool DoublyCompressed) : WalFile;
}
