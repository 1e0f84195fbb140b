using CnpgRestore.Barman;
using CnpgRestore.Barman.Wal;
using CnpgRestore.LocalRestore;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Postgres;

namespace CnpgRestore.Tests.LocalRestore;

/// <summary>The two ends of a restore_command: the exit code decides whether PostgreSQL opens the database, so each answer is proven.</summary>
public sealed class WalDeliveryTests : IAsyncDisposable
{
    private static readonly WalSegmentSize Size = WalSegmentSize.FromBytes(WalSegmentSize.Smallest);
    private static readonly ServerFolder Server = ServerFolder.Named("server");

    private readonly ShakyStore _store = new();
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("cnpg-restore-test-");
    private readonly List<WalSegmentName> _delivered = [];
    private WalSource? _source;
    private WalPrefetch? _prefetch;
    private WalDelivery? _delivery;
    private DrillFolder? _folder;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_delivery is not null)
        {
            await _delivery.DisposeAsync();
            await _prefetch!.DisposeAsync();
            _source!.Dispose();
        }

        _store.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task Delivers_the_segments_of_the_path_and_then_says_absent()
    {
        Serve(await ArchiveAsync(1, 2, 3));

        foreach (var number in new[] { 1, 2, 3 })
        {
            Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(number).ToString()));
            Assert.Equal(Content(number), await File.ReadAllBytesAsync(Target, Ct));
        }

        Assert.Equal(WalFetch.Absent, await FetchAsync(Segment(4).ToString()));
        Assert.Equal([Segment(1), Segment(2), Segment(3)], _delivered);
        Assert.Null(_delivery!.Failure);
    }

    [Fact]
    public async Task A_segment_that_is_asked_for_twice_is_delivered_twice()
    {
        Serve(await ArchiveAsync(1, 2));

        Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(1).ToString()));
        Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(1).ToString()));
        Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(2).ToString()));
    }

    [Fact]
    public async Task A_segment_that_vanished_after_the_scan_is_an_error_and_never_the_end_of_WAL()
    {
        var archive = await ArchiveAsync(1, 2, 3);
        await _store.DeleteAsync([KeyOf(2)], Ct);
        Serve(archive);

        Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(1).ToString()));
        Assert.Equal(WalFetch.Error, await FetchAsync(Segment(2).ToString()));
        Assert.Equal(ProblemCode.WalGap, _delivery!.Failure?.Problem.Code);
        Assert.Contains(Segment(2).ToString(), _delivery.Failure!.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_breaks_for_good_is_an_error_and_never_the_end_of_WAL()
    {
        var archive = await ArchiveAsync(1);
        _store.BreakOf = _ => new Break(AfterBytes: 10);
        Serve(archive);

        Assert.Equal(WalFetch.Error, await FetchAsync(Segment(1).ToString()));
        Assert.Equal(ProblemCode.Unreachable, _delivery!.Failure?.Problem.Code);
    }

    [Fact]
    public async Task A_segment_of_the_wrong_length_is_an_error()
    {
        await _store.PutAsync(KeyOf(1).Value, Content(1)[..^1], Ct);
        Serve(await WalArchive.ScanAsync(_store, Server, Ct));

        Assert.Equal(WalFetch.Error, await FetchAsync(Segment(1).ToString()));
        Assert.Equal(ProblemCode.WalGap, _delivery!.Failure?.Problem.Code);
    }

    [Fact]
    public async Task A_segment_of_which_the_store_gives_less_than_it_lists_is_damaged_and_not_gone()
    {
        var archive = await ArchiveAsync(1);
        _store.BreakOf = _ => new Break(AfterBytes: 10, Silently: true);
        Serve(archive);

        Assert.Equal(WalFetch.Error, await FetchAsync(Segment(1).ToString()));
        var problem = _delivery!.Failure!.Problem;
        Assert.Equal((ProblemCode.WalGap, $"{KeyOf(1)} in {_store.Address} is damaged"), (problem.Code, problem.Message));
        Assert.Contains($"the listing shows {Size.Bytes} bytes", problem.Detail, StringComparison.Ordinal);
        // What goes by names knows nothing of it.
        Assert.DoesNotContain("backups check", problem.Hint, StringComparison.Ordinal);
        Assert.EndsWith("cnpg-restore backups list --server server", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partial_segment_is_never_delivered()
    {
        await _store.PutAsync($"{KeyOf(2)}.partial", Content(2), Ct);
        Serve(await ArchiveAsync(1));

        Assert.Equal(WalFetch.Absent, await FetchAsync(Segment(2).ToString()));
    }

    [Fact]
    public async Task A_segment_that_was_archived_after_the_scan_is_delivered()
    {
        Serve(await ArchiveAsync(1));
        Assert.Equal(WalFetch.Absent, await FetchAsync(Segment(2).ToString()));

        await _store.PutAsync(KeyOf(2).Value, Content(2), Ct);

        Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(2).ToString()));
    }

    [Fact]
    public async Task Histories_are_delivered_and_those_that_do_not_exist_are_absent()
    {
        await _store.PutAsync("server/wals/00000002.history", "1\t0/100000\tno reason\n"u8.ToArray(), Ct);
        Serve(await ArchiveAsync(1));

        Assert.Equal(WalFetch.Delivered, await FetchAsync("00000002.history"));
        Assert.Equal("1\t0/100000\tno reason\n", await File.ReadAllTextAsync(Target, Ct));
        Assert.Equal(WalFetch.Absent, await FetchAsync("00000003.history"));
    }

    [Fact]
    public async Task A_segment_whose_replay_would_write_into_a_folder_of_this_machine_is_not_delivered()
    {
        var wal = WrittenWal.TablespaceCreation(Segment(1), Size, _root.FullName, (int)Size.Bytes);
        await _store.PutAsync(KeyOf(1).Value, wal[0], Ct);
        await _store.PutAsync(KeyOf(2).Value, wal[1], Ct);
        Serve(await ArchiveAsync(3));

        Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(1).ToString()));
        Assert.Equal(WalFetch.Delivered, await FetchAsync(Segment(1).ToString()));
        File.Delete(Target);
        Assert.Equal(WalFetch.Error, await FetchAsync(Segment(2).ToString()));
        Assert.False(File.Exists(Target));
        Assert.Equal((ProblemCode.Refused, $"the drill would write into {_root.FullName}, a folder of this machine"), (_delivery!.Failure!.Problem.Code, _delivery.Failure.Problem.Message));
    }

    [Fact]
    public async Task Without_a_drill_the_answer_is_an_error() =>
        Assert.Equal(WalFetch.Error, await WalFetch.RunAsync(Path.Combine(_root.FullName, "nobody"), Segment(1).ToString(), "pg_wal/x", Ct));

    private string Target => Path.Combine(_folder!.Data, "pg_wal", "RECOVERYXLOG");

    private async Task<WalArchive> ArchiveAsync(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            await _store.PutAsync(KeyOf(number).Value, Content(number), Ct);
        }

        return await WalArchive.ScanAsync(_store, Server, Ct);
    }

    private void Serve(WalArchive archive)
    {
        _folder = DrillFolder.Create(Path.Combine(_root.FullName, "drill"));
        Directory.CreateDirectory(Path.Combine(_folder.Data, "pg_wal"));
        var coverage = archive.Coverage(new TimelineId(1), Size);
        var path = coverage.Runs.SelectMany(run => Enumerable.Range((int)run.First, (int)run.Count)).Select(Segment);
        _source = new WalSource(_store, Server, archive, Size, new Backoff(TimeProvider.System, Attempts: 2));
        _prefetch = new WalPrefetch(_source, path, new TablespaceGuard(Size, default), Size, _folder.WalSpool, Ct);
        _prefetch.Begin();
        _delivery = new WalDelivery(_source, _prefetch, _folder, _delivered.Add, Ct);
    }

    private Task<int> FetchAsync(string name) => WalFetch.RunAsync(_folder!.WalSocket, name, "pg_wal/RECOVERYXLOG", Ct);

    private static WalSegmentName Segment(int number) => WalSegmentName.FromNumber(new TimelineId(1), (ulong)number, Size);

    private static ObjectKey KeyOf(int number) => Server.WalLevel(Segment(number)).Key(Segment(number).ToString());

    private static byte[] Content(int number)
    {
        var content = new byte[Size.Bytes];
        Array.Fill(content, (byte)number);
        return content;
    }
}
