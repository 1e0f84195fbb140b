using CnpgRestore.LocalRestore;

namespace CnpgRestore.Tests.LocalRestore;

public sealed class DownloadStreamTests : IDisposable
{
    private readonly ShakyStore _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(DownloadStream.RangeSize)]
    [InlineData((3 * DownloadStream.RangeSize) + 17)]
    public async Task Gives_every_byte_once_and_in_order(int size)
    {
        var content = Bytes(size);
        var source = await _store.PutAsync("server/base/data.tar", content, Ct);

        await using var download = new DownloadStream(_store, source, inFlight: 3, Impatient, Ct);

        Assert.Equal(content, await ReadAsync(download));
        Assert.Equal(size, download.Position);
    }

    [Fact]
    public async Task Goes_on_where_a_connection_broke()
    {
        var content = Bytes((2 * DownloadStream.RangeSize) + 5);
        var source = await _store.PutAsync("data.tar", content, Ct);
        _store.BreakOf = read => read <= 4 ? new Break(AfterBytes: 1000 * read, Silently: read % 2 == 0) : null;

        await using var download = new DownloadStream(_store, source, inFlight: 2, Impatient, Ct);

        Assert.Equal(content, await ReadAsync(download));
        Assert.True(_store.Reads > 3);
    }

    [Fact]
    public async Task Says_truncated_when_the_store_gives_less_than_it_lists()
    {
        var source = await _store.PutAsync("data.tar", Bytes(5000), Ct);
        _store.BreakOf = _ => new Break(AfterBytes: 0, Silently: true);

        await using var download = new DownloadStream(_store, source, inFlight: 2, Impatient, Ct);
        var refused = await Assert.ThrowsAsync<RestoreException>(() => ReadAsync(download));

        Assert.Equal(ProblemCode.Differences, refused.Problem.Code);
        Assert.Equal("data.tar is truncated", refused.Problem.Message);
        Assert.Equal(Impatient.Attempts, _store.Reads);
    }

    [Fact]
    public async Task Gives_up_on_a_connection_that_always_breaks()
    {
        var source = await _store.PutAsync("data.tar", Bytes(5000), Ct);
        _store.BreakOf = _ => new Break(AfterBytes: 100);

        await using var download = new DownloadStream(_store, source, inFlight: 2, Impatient, Ct);
        var refused = await Assert.ThrowsAsync<RestoreException>(() => ReadAsync(download));

        Assert.Equal(ProblemCode.Unreachable, refused.Problem.Code);
        Assert.Contains("connection reset", refused.Problem.Detail, StringComparison.Ordinal);
    }

    private static Backoff Impatient => new(TimeProvider.System, Attempts: 3);

    private static byte[] Bytes(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Ct);
        return all.ToArray();
    }
}
