using System.Net.Sockets;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// Answers PostgreSQL's <c>restore_command</c> over a Unix socket, one request at a time: a line <c>NAME PATH</c>, answered by one byte, the exit code of
/// <see cref="WalFetch"/>.
/// </summary>
public sealed class WalDelivery : IAsyncDisposable
{
    private readonly WalSource _source;
    private readonly WalPrefetch _prefetch;
    private readonly string _dataDirectory;
    private readonly Action<WalSegmentName> _delivered;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop;
    private readonly Task _serving;

    /// <param name="delivered">Called for each segment, in the order of replay.</param>
    public WalDelivery(WalSource source, WalPrefetch prefetch, DrillFolder folder, Action<WalSegmentName> delivered, CancellationToken ct)
    {
        _source = source;
        _prefetch = prefetch;
        _dataDirectory = folder.Data;
        _delivered = delivered;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(folder.WalSocket));
        _listener.Listen();
        _serving = ServeAsync(_stop.Token);
    }

    /// <summary>Why a file could not be had: the cause behind PostgreSQL's own "could not restore file".</summary>
    public RestoreException? Failure { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            using var connection = await _listener.AcceptAsync(ct);
            await using var stream = new NetworkStream(connection);
            try
            {
                using var reader = new StreamReader(stream, leaveOpen: true);
                if (await reader.ReadLineAsync(ct) is { } request && request.Split(' ', 2) is [var name, var path])
                {
                    var answer = await AnswerAsync(name, Path.Combine(_dataDirectory, path), ct);
                    await stream.WriteAsync(new[] { (byte)answer }, ct);
                }
            }
            catch (IOException)
            {
                // PostgreSQL ended its command while it was waiting, as it does on a shutdown.
            }
        }
    }

    private async Task<int> AnswerAsync(string name, string target, CancellationToken ct)
    {
        try
        {
            switch (ServerFolder.ParseWalFile(name))
            {
                case WalFile.Segment segment when await _prefetch.DeliverAsync(segment.Name, target, ct):
                    _delivered(segment.Name);
                    return WalFetch.Delivered;
                case WalFile.TimelineHistory history when await _source.FetchHistoryAsync(history.Timeline, target, ct):
                    return WalFetch.Delivered;
                default:
                    return WalFetch.Absent;
            }
        }
        catch (RestoreException e)
        {
            Failure = e;
            return WalFetch.Error;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = new RestoreException(ProblemCode.Stopped, $"{name} cannot be written below {_dataDirectory}", e.Message, cause: e);
            return WalFetch.Error;
        }
    }
}
