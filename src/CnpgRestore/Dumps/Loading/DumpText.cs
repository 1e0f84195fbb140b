using System.IO.Pipelines;

namespace CnpgRestore.Dumps.Loading;

/// <summary>The text of a dump, decompressed on a thread of its own some megabytes ahead of its reader.</summary>
sealed class DumpText : IAsyncDisposable
{
    private const int Ahead = 4 << 20;
    private const int Piece = 1 << 20;

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: Ahead, resumeWriterThreshold: Ahead / 2, minimumSegmentSize: Piece, useSynchronizationContext: false));
    private readonly CancellationTokenSource _end;
    private readonly Stream _file;
    private long _read;
    private readonly Task _filling;

    private DumpText(Stream file, Stream text, CancellationToken ct)
    {
        _file = file;
        _end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Text = _pipe.Reader.AsStream();
        _filling = Task.Run(() => FillAsync(text, _end.Token), CancellationToken.None);
    }

    public Stream Text { get; }

    /// <summary>Of the file on the disk, packed as it is.</summary>
    public ByteSize Read => new(Interlocked.Read(ref _read));

    public static async Task<DumpText> OpenAsync(DumpFile dump, CancellationToken ct)
    {
        var (file, text) = await dump.OpenAsync(ct);
        return new DumpText(file, text, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Text.DisposeAsync();
        await _filling;
        _end.Dispose();
    }

    private async Task FillAsync(Stream text, CancellationToken ct)
    {
        await using var source = text;
        try
        {
            // Large pieces, read synchronously: the threads of the load would spend their time on handing small ones to each other.
            int read;
            do
            {
                var memory = _pipe.Writer.GetMemory(Piece);
                read = await Task.Run(() => text.ReadAtLeast(memory.Span, memory.Length, throwOnEndOfStream: false), ct);
                _pipe.Writer.Advance(read);
                Interlocked.Exchange(ref _read, _file.Position);
            }
            while (read > 0 && !(await _pipe.Writer.FlushAsync(ct)).IsCompleted);
            await _pipe.Writer.CompleteAsync();
        }
#pragma warning disable CA1031 // Handed to the reader, which throws it: of a text without an end it would wait for more for ever.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await _pipe.Writer.CompleteAsync(e);
        }
    }
}
