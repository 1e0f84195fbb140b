using System.Text;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Compression;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Fuzz;

public sealed class PostgresFuzzTests
{
    private static readonly WalSegmentSize OneMegabyte = WalSegmentSize.FromBytes(1 << 20);
    private static readonly WalSegmentName Segment = WalSegmentName.Parse("000000010000000000000007");

    [Fact]
    public void Histories() => new Fuzzer("timeline history", FuzzSeeds.Of(
        "1\t0/C0000A0\tno recovery target specified\n",
        "# a comment\n1\t0/3000000\tbefore 2026-03-01 10:00:00+00\n\n2\t0/5000028\tat restore point \"x\"\n7\t16/B374D848\n"))
    {
        Tokens = ["\t", "\n", "#", "1\t0/5", "FFFFFFFF/FFFFFFFF", " ", "\u00a0"],
    }.Run(input =>
    {
        var text = Encoding.UTF8.GetString(input);
        var timeline = new TimelineId(9);
        TimelineHistory.LastFork(timeline, text);
        if (TimelineHistory.TryParse(timeline, text) is { } history)
        {
            Assert.Equal(history.Ancestors.Select(ancestor => ancestor.Timeline).Order(), history.Ancestors.Select(ancestor => ancestor.Timeline));
            Assert.Equal(history.Ancestors, TimelineHistory.TryParse(timeline, history.ToString())?.Ancestors);
        }
    });

    [Fact]
    public void Values() => new Fuzzer("values", FuzzSeeds.Of(
        "16/B374D848", "000000010000000000000002", "16777216", "15.20", "7711054909860330953", "745", "2026-03-01T10:00:00.5+02:00", "before_upgrade", "3",
        "20260301T020000", "latest", "immediate", "time 2026-03-01T10:00:00Z exclusive", "lsn 16/B374D848", "xid 745 exclusive", "name before upgrade"))
    {
        Tokens = [" exclusive", "time ", "lsn ", "xid ", "name ", "T", "Z", "+14:00", "-00:00", "/", ".", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"],
        LargestInput = 4096,
    }.Run(input =>
    {
        var text = Encoding.UTF8.GetString(input);
        IsReadAgain<Lsn>(text);
        IsReadAgain<WalSegmentName>(text);
        IsReadAgain<WalSegmentSize>(text);
        IsReadAgain<PostgresVersion>(text);
        IsReadAgain<SystemIdentifier>(text);
        IsReadAgain<TransactionId>(text);
        IsReadAgain<TargetTime>(text);
        IsReadAgain<RestorePointName>(text);
        IsReadAgain<TimelineId>(text);
        IsReadAgain<BackupId>(text);
        if (RecoveryTarget.TryParse(text, null, out var target))
        {
            Assert.Equal(target, RecoveryTarget.Parse(target.ToString()!));
        }
    });

    [Fact]
    public void Wal()
    {
        var seeds = new[] { "000000010000000000000006.xz", "000000010000000000000007.xz" }.Select(name => FuzzSeeds.Unpacked(ArchiveCompression.Xz, 4 * 8192, "wal", "pg15", name));
        new Fuzzer("WAL", [.. seeds]) { Documented = [typeof(InvalidDataException)], LargestInput = 6 * 8192 }.Run(async input =>
        {
            var reader = new WalReader(OneMegabyte);
            await foreach (var _ in reader.ReadAsync(Segment, new MemoryStream(input), CancellationToken.None))
            {
            }
        });
    }

    private static void IsReadAgain<T>(string text)
        where T : IParsable<T>
    {
        if (T.TryParse(text, null, out var value))
        {
            Assert.Equal(value, T.Parse(value.ToString()!, null));
        }
    }
}
