using Amazon.Runtime;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>A download that breaks with an <see cref="IOException"/> when no byte arrives for a while, instead of waiting for ever.</summary>
sealed class StallGuardStream(Stream inner, TimeSpan patience, TimeProvider clock) : ForwardStream
{
    public override long Length => inner.Length;

    protected override long BytesRead => inner.Position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var stall = new CancellationTokenSource(patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            return await inner.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no byte arrived for {patience.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or AmazonClientException)
        {
            // The SDK compares what has arrived with the object's MD5, where it has one.
            throw new IOException(e.Message, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
