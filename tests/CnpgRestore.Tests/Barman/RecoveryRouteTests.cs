using System.Text;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Compression;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Barman;

public sealed class RecoveryRouteTests
{
    private const ulong Size = 16 << 20;

    [Fact]
    public async Task Follows_the_promotion_that_really_happened()
    {
        using var golden = new GoldenFolder();
        var (catalog, archive) = await golden.ReadAsync();
        var route = RecoveryRoute.Find(catalog.Usable.First(), archive);
        Assert.Equal(
            "000000010000000000000002-00000001000000000000000B@0/C0000A0 00000002000000000000000C-000000020000000000000010",
            Legs(route));
        Assert.Null(route.Gap);
        Assert.Equal(15UL, route.Path!.SegmentCount);
        Assert.Equal([new TimelineId(2)], route.Path.HistoryFiles);
        Assert.Equal(Lsn.Parse("0/11000000"), route.Path.EndLsn);
    }

    [Fact]
    public async Task On_one_timeline_it_ends_where_a_naive_walk_ends()
    {
        var gen = Gen.Select(Gen.ULong[2, 40].HashSet[0, 30], Gen.ULong[0, 3]);
        await gen.SampleAsync(async (others, more) =>
        {
            var needed = Range(5, 5 + more);
            var archive = await ArchiveAsync(others.Union(needed).Select(number => Segment(1, number)));
            var route = RecoveryRoute.Find(Backup(1, 5, 5 + more), archive);

            var there = others.Union(needed).ToHashSet();
            var last = 5UL;
            while (there.Contains(last + 1))
            {
                last++;
            }

            Assert.Equal(Segment(1, last), route.Path!.LastSegment);
            Assert.Equal(Range(5, last).Select(number => Segment(1, number)), route.Path.Segments);
            Assert.Equal(there.Any(number => number > last) ? Segment(1, last + 1) : (WalSegmentName?)null, route.Gap);
        });
    }

    [Fact]
    public async Task A_timeline_that_began_on_a_segment_boundary_begins_with_a_segment_of_its_own()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 9), .. Segments(2, 8, 12)], (2, $"1\t{new Lsn(8 * Size)}\tx\n"));
        Assert.Equal($"{Segment(1, 5)}-{Segment(1, 7)}@{new Lsn(8 * Size)} {Segment(2, 8)}-{Segment(2, 12)}", Legs(RecoveryRoute.Find(Backup(1, 5, 5), archive)));
    }

    [Fact]
    public async Task Two_promotions_within_one_segment_skip_the_timeline_between()
    {
        var archive = await ArchiveAsync(
            [.. Segments(1, 5, 7), .. Segments(3, 8, 9)],
            (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"),
            (3, $"1\t{new Lsn((8 * Size) + 100)}\tx\n2\t{new Lsn((8 * Size) + 200)}\tx\n"));
        Assert.Equal($"{Segment(1, 5)}-{Segment(1, 7)}@{new Lsn((8 * Size) + 100)} {Segment(3, 8)}-{Segment(3, 9)}", Legs(RecoveryRoute.Find(Backup(1, 5, 5), archive)));
    }

    [Fact]
    public async Task A_promotion_whose_first_segment_is_not_archived_yet_is_no_gap()
    {
        var archive = await ArchiveAsync(Segments(1, 5, 7), (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        var route = RecoveryRoute.Find(Backup(1, 5, 5), archive);
        Assert.Equal((Segment(1, 7), null), (route.Path!.LastSegment, route.Gap));
    }

    [Fact]
    public async Task A_missing_first_segment_of_a_timeline_is_a_gap_when_later_ones_are_there()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 8), .. Segments(2, 9, 10)], (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        var route = RecoveryRoute.Find(Backup(1, 5, 5), archive);
        Assert.Equal((Segment(1, 7), Segment(2, 8)), (route.Path!.LastSegment, route.Gap));
    }

    [Fact]
    public async Task A_gap_in_front_of_the_promotion_is_found()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 6), .. Segments(2, 8, 10)], (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        Assert.Equal(Segment(1, 7), RecoveryRoute.Find(Backup(1, 5, 5), archive).Gap);
    }

    [Fact]
    public async Task What_the_old_timeline_wrote_behind_the_fork_does_not_hide_the_end()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 6), .. Segments(1, 9, 12)], (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        var route = RecoveryRoute.Find(Backup(1, 5, 5), archive);
        Assert.Equal((Segment(1, 6), null), (route.Path!.LastSegment, route.Gap));
    }

    [Fact]
    public async Task Histories_are_followed_only_without_a_hole_in_their_numbers()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 10), .. Segments(3, 8, 12)], (3, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        Assert.Equal($"{Segment(1, 5)}-{Segment(1, 10)}", Legs(RecoveryRoute.Find(Backup(1, 5, 5), archive)));
    }

    [Fact]
    public async Task A_backup_that_ended_behind_the_fork_cannot_follow_it()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 10), .. Segments(2, 8, 12)], (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        var route = RecoveryRoute.Find(Backup(1, 9, 9), archive);
        Assert.Null(route.Path);
        Assert.StartsWith("timeline 2 left timeline 1 at 0/8000064, before the end of the backup", route.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_the_fork_cuts_in_two_cannot_follow_it()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 10), .. Segments(2, 8, 12)], (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        var route = RecoveryRoute.Find(Backup(1, 5, 9), archive);
        Assert.Null(route.Path);
        Assert.Contains("before the end of the backup", route.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_ended_where_the_fork_is_can_follow_it()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 7), .. Segments(2, 7, 12)], (2, $"1\t{new Lsn((7 * Size) + 0x100)}\tx\n"));
        Assert.Equal(Segment(2, 12), RecoveryRoute.Find(Backup(1, 5, 7), archive).Path!.LastSegment);
    }

    [Fact]
    public async Task A_backup_of_a_timeline_that_the_newest_does_not_descend_from_cannot_follow_it()
    {
        var archive = await ArchiveAsync(
            [.. Segments(2, 5, 10), .. Segments(3, 8, 12)], (2, $"1\t{new Lsn(100)}\tx\n"), (3, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        Assert.Equal("timeline 3 does not descend from timeline 2", RecoveryRoute.Find(Backup(2, 5, 5), archive).Refusal);
    }

    [Fact]
    public async Task A_damaged_history_on_the_way_is_refused()
    {
        var archive = await ArchiveAsync(Segments(1, 5, 10), (2, "nonsense"));
        Assert.Equal("00000002.history cannot be understood", RecoveryRoute.Find(Backup(1, 5, 5), archive).Refusal);
    }

    [Fact]
    public async Task A_path_can_be_walked_backwards_over_timelines_and_be_cut()
    {
        var archive = await ArchiveAsync([.. Segments(1, 5, 7), .. Segments(2, 8, 9)], (2, $"1\t{new Lsn((8 * Size) + 100)}\tx\n"));
        var path = RecoveryRoute.Find(Backup(1, 5, 5), archive).Path!;
        Assert.Equal(Segment(1, 7), path.Before(Segment(2, 8)));
        Assert.Null(path.Before(Segment(1, 5)));
        Assert.Equal([new WalLeg(Segment(1, 5), Segment(1, 6), null)], path.UpTo(6).Legs);
        Assert.Equal([new WalLeg(Segment(1, 5), Segment(1, 7), null)], path.UpTo(7).Legs);
        Assert.Equal(path.Legs, path.UpTo(9).Legs);
    }

    private static string Legs(RecoveryRoute route) =>
        string.Join(' ', route.Path!.Legs.Select(leg => $"{leg.First}-{leg.Last}{(leg.SwitchLsn is { } lsn ? $"@{lsn}" : "")}"));

    private static IEnumerable<ulong> Range(ulong first, ulong last) => Enumerable.Range(0, (int)(last - first + 1)).Select(offset => first + (ulong)offset);

    private static WalSegmentName Segment(uint timeline, ulong number) => WalSegmentName.FromNumber(new TimelineId(timeline), number, WalSegmentSize.Default);

    private static IEnumerable<WalSegmentName> Segments(uint timeline, ulong first, ulong last) => Range(first, last).Select(number => Segment(timeline, number));

    private static async Task<WalArchive> ArchiveAsync(IEnumerable<WalSegmentName> segments, params (uint Timeline, string Text)[] histories)
    {
        var folder = ServerFolder.Named("s");
        var objects = segments.ToDictionary(segment => folder.Segment(segment, ArchiveCompression.Gzip).Value, _ => Array.Empty<byte>());
        foreach (var (timeline, text) in histories)
        {
            objects.Add(folder.TimelineHistory(new TimelineId(timeline), ArchiveCompression.None).Value, Encoding.UTF8.GetBytes(text));
        }

        using var store = new ScriptedStore(objects);
        return await WalArchive.ScanAsync(store, folder, TestContext.Current.CancellationToken);
    }

    private static BaseBackup Backup(uint timeline, ulong first, ulong last) => new()
    {
        Id = BackupId.Parse("20260301T020000"),
        State = BackupState.Usable,
        Tars = [],
        Info = new BackupInfo
        {
            Status = BackupStatus.Done,
            Timeline = new TimelineId(timeline),
            BeginWal = Segment(timeline, first),
            EndWal = Segment(timeline, last),
            BeginLsn = new Lsn((first * Size) + 0x28),
            EndLsn = new Lsn((last * Size) + 0x100),
            BeginTime = ScriptedStore.Written,
            EndTime = ScriptedStore.Written,
            SystemId = new SystemIdentifier(1),
            Version = new PostgresVersion(150020),
        },
    };
}
