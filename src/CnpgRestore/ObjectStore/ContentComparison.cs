using System.Buffers;

namespace CnpgRestore.ObjectStore;

/// <summary>Compares two objects by reading both, piece by piece; the proof where a store gives none.</summary>
public static class ContentComparison
{
    // Two pieces for each of the many objects that are read at the same time.
    private const int PieceSize = 1 << 20;
    private const int Attempts = 5;

    /// <summary><see cref="Evidence.Content"/> when every byte is equal, else <see cref="Evidence.Different"/>.</summary>
    public static async Task<Evidence> ReadBackAsync(this IObjectStore store, ObjectPair pair, CancellationToken ct)
    {
        if (pair.Source.Size != pair.Target.Size)
        {
            return Evidence.Different;
        }

        var size = (int)Math.Min(PieceSize, pair.Source.Size);
        var left = ArrayPool<byte>.Shared.Rent(size);
        var right = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            for (long offset = 0; offset < pair.Source.Size; offset += PieceSize)
            {
                var range = new ByteRange(offset, Math.Min(PieceSize, pair.Source.Size - offset));
                var length = (int)range.Length;
                var other = ReadPieceAsync(store, pair.Target.Key, range, right, ct);
                await ReadPieceAsync(store, pair.Source.Key, range, left, ct);
                await other;
                if (!left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length)))
                {
                    return Evidence.Different;
                }
            }

            return Evidence.Content;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(left);
            ArrayPool<byte>.Shared.Return(right);
        }
    }

    private static async Task ReadPieceAsync(IObjectStore store, ObjectKey key, ByteRange range, byte[] buffer, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var stream = await store.OpenReadAsync(key, range, ct);
                await stream.ReadExactlyAsync(buffer.AsMemory(0, (int)range.Length), ct);
                return;
            }
            catch (IOException) when (attempt < Attempts)
            {
                // A connection that broke in the middle: ask for the piece again.
            }
            catch (IOException e)
            {
                throw new RestoreException(
                    ProblemCode.Unreachable, $"{key} cannot be read back", $"bytes {range.Offset} to {range.Last}: {e.Message}", "run the same command again; it continues where it stopped", e);
            }
        }
    }
}
