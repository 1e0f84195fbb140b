using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Tests.Dumps;

/// <summary>Reads a dump from memory, in pieces of any size.</summary>
static class DumpReading
{
    /// <summary>Pieces of COPY data that follow each other are one: where they are cut is no part of the result.</summary>
    public static async Task<List<(DumpToken Token, string Text, long Line)>> ReadAsync(byte[] dump, Func<int> nextPiece)
    {
        var tokens = new List<(DumpToken Token, string Text, long Line)>();
        var reader = new DumpReader(new PieceStream(dump, nextPiece));
        while (true)
        {
            var token = await reader.ReadAsync(TestContext.Current.CancellationToken);
            var text = Encoding.Latin1.GetString(reader.Text.Span);
            if (token == DumpToken.CopyData && tokens is [.., { Token: DumpToken.CopyData } last])
            {
                tokens[^1] = last with { Text = last.Text + text };
            }
            else
            {
                tokens.Add((token, text, reader.Line));
            }

            if (token is DumpToken.End or DumpToken.Cut)
            {
                return tokens;
            }
        }
    }

    public static Task<List<(DumpToken Token, string Text, long Line)>> ReadAsync(string dump) => ReadAsync(Encoding.Latin1.GetBytes(dump), () => int.MaxValue);

    private sealed class PieceStream(byte[] bytes, Func<int> nextPiece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, Math.Max(1, nextPiece()))], cancellationToken);
    }
}

/// <summary>How far a reader says that it has come. The positions arrive as they are told, not later as with <see cref="Progress{T}"/>.</summary>
sealed class Reads : IProgress<long>
{
    public List<long> Positions { get; } = [];

    public void Report(long value) => Positions.Add(value);
}
