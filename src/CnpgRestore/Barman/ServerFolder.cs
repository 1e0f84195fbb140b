using System.Globalization;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Compression;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman;

/// <summary>
/// The folder of one server in a bucket, <c>postgres-v17/</c>, and the names of everything in it. This is the only place that knows them:
/// <c>base/ID/backup.info</c>, <c>base/ID/data.tar</c>, <c>wals/0000000100000000/000000010000000000000002.gz</c>, <c>wals/00000002.history</c>
/// (barman/cloud.py, barman/clients/cloud_walarchive.py, barman/xlog.py).
/// </summary>
public sealed record ServerFolder(KeyPrefix Root)
{
    private const string BaseName = "base";
    private const string WalsName = "wals";
    private const string InfoName = "backup.info";
    private const int HexDigits = 8;
    private const int ShardDigits = 16;

    /// <summary>What CNPG calls <c>serverName</c>.</summary>
    public string Name => Root.Name;

    public KeyPrefix Base => Root.Folder(BaseName);

    public KeyPrefix Wals => Root.Folder(WalsName);

    public static ServerFolder Named(string name) => new(KeyPrefix.Root.Folder(name));

    public KeyPrefix Backup(BackupId id) => Base.Folder(id.ToString());

    public ObjectKey BackupInfo(BackupId id) => Backup(id).Key(InfoName);

    public static bool IsBackupInfo(ObjectKey key) => key.Name == InfoName;

    /// <summary>The level that holds a segment: one per timeline and "log", whatever the segment size.</summary>
    public KeyPrefix WalLevel(WalSegmentName segment) => Wals.Folder(segment.ToString()[..ShardDigits]);

    public ObjectKey Segment(WalSegmentName segment, ArchiveCompression compression) =>
        WalLevel(segment).Key(segment + CompressionSuffix.Of(compression));

    public ObjectKey TimelineHistory(TimelineId timeline, ArchiveCompression compression) =>
        Wals.Key($"{timeline.Hex}.history{CompressionSuffix.Of(compression)}");

    /// <summary>Whether a level below <c>wals/</c> is one that barman writes segments into.</summary>
    public static bool IsWalLevel(KeyPrefix level) => level.Name.Length == ShardDigits && level.Name.All(char.IsAsciiHexDigit);

    /// <summary>The timeline and the "log" of a level that barman writes segments into.</summary>
    public static bool TryParseWalLevel(KeyPrefix level, out TimelineId timeline, out uint log)
    {
        (timeline, log) = (default, 0);
        if (!IsWalLevel(level))
        {
            return false;
        }

        timeline = new TimelineId(uint.Parse(level.Name.AsSpan(0, HexDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        log = uint.Parse(level.Name.AsSpan(HexDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>Whether <paramref name="level"/> is the one that barman looks for <paramref name="segment"/> in.</summary>
    public static bool IsWalLevelOf(KeyPrefix level, WalSegmentName segment) =>
        level.Name.Equals(segment.ToString()[..ShardDigits], StringComparison.OrdinalIgnoreCase);

    /// <summary>What a file below <c>wals/</c> is, by the last part of its key.</summary>
    public static WalFile ParseWalFile(string name)
    {
        var bare = CompressionSuffix.Split(name, out var compression);
        if (ParseBare(bare, compression) is { } file)
        {
            return file;
        }

        var inner = CompressionSuffix.Split(bare, out var innerCompression);
        return new WalFile.Stray(innerCompression != ArchiveCompression.None && ParseBare(inner, innerCompression) is not null);
    }

    /// <summary>
    /// <c>data.tar</c>, <c>data_0001.tar.gz</c>, <c>16400.tar</c>: a part of the data directory or of a tablespace. Null for anything else.
    /// </summary>
    public static TarName? ParseTar(string name)
    {
        var bare = CompressionSuffix.Split(name, out var compression);
        if (!bare.EndsWith(".tar", StringComparison.Ordinal))
        {
            return null;
        }

        var series = bare[..^".tar".Length];
        var part = 0;
        var underscore = series.IndexOf('_');
        if (underscore >= 0 && !int.TryParse(series[(underscore + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out part))
        {
            return null;
        }

        var owner = underscore < 0 ? series : series[..underscore];
        if (owner is "data")
        {
            return new TarName(TablespaceOid: null, part, compression);
        }

        return uint.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var oid) ? new TarName(oid, part, compression) : null;
    }

    private static WalFile? ParseBare(ReadOnlySpan<char> name, ArchiveCompression compression)
    {
        if (name.Length == HexDigits + ".history".Length && name.EndsWith(".history", StringComparison.Ordinal) && TryParseHex(name[..HexDigits], out var timeline))
        {
            return new WalFile.TimelineHistory(new TimelineId(timeline), compression);
        }

        if (name.Length < WalSegmentName.Length || !WalSegmentName.TryParse(name[..WalSegmentName.Length], out var segment))
        {
            return null;
        }

        var rest = name[WalSegmentName.Length..];
        if (rest.IsEmpty)
        {
            return new WalFile.Segment(segment, compression);
        }

        if (rest is ".partial")
        {
            return new WalFile.Partial(segment, compression);
        }

        return rest.Length == 1 + HexDigits + ".backup".Length && rest[0] == '.' && rest.EndsWith(".backup", StringComparison.Ordinal) &&
            TryParseHex(rest[1..(1 + HexDigits)], out var offset)
                ? new WalFile.BackupHistory(segment, offset, compression)
                : null;
    }

    private static bool TryParseHex(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
