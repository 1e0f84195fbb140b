using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Tests.Dumps;

/// <summary>Memory does not grow with a dump: one table of many rows is read in pieces.</summary>
[Collection(nameof(Alone))]
public sealed class DumpMemoryTests
{
    private const long Megabyte = 1_000_000;
    private const int RowsInBlock = 1000;

    private static readonly byte[] Head = Encoding.UTF8.GetBytes("--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.orders (id bigint, note text);\n\nCOPY public.orders (id, note) FROM stdin;\n");

    private static readonly byte[] Block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, RowsInBlock).Select(
        row => $"{row}\t{(row % 50 == 0 ? @"a\\.\n\.b" : $"note {row * 7919} of somebody who pays at the end of the month")}\n")));

    private static readonly byte[] Tail = Encoding.UTF8.GetBytes("\\.\n\n--\n-- PostgreSQL database dump complete\n--\n");

    [Fact]
    public async Task Two_gigabytes_take_as_much_memory_as_two_hundred_megabytes()
    {
        var small = await MostMemoryAsync(200 * Megabyte);
        var large = await MostMemoryAsync(2000 * Megabyte);

        TestContext.Current.SendDiagnosticMessage($"{small} and {large} bytes at most");
        // No lower bound: what other tests have left in the pools of arrays may go meanwhile.
        Assert.True(large < Math.Max(small, 8 * Megabyte) * 2, $"{small} and {large} bytes at most");
    }

    private static async Task<long> MostMemoryAsync(long size)
    {
        var blocks = size / Block.Length;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var stream = new BlockStream(blocks);
        var reader = new DumpReader(stream);
        var (rows, last) = (0L, DumpToken.End);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is var token && token != DumpToken.End)
        {
            rows += token == DumpToken.CopyData ? reader.Text.Span.Count((byte)'\n') : 0;
            last = token;
        }

        Assert.Equal((blocks * RowsInBlock, DumpToken.Comment), (rows, last));
        return stream.MostMemory - before;
    }

    /// <summary>The same block again and again between head and tail; looks at the memory of the process as it goes.</summary>
    private sealed class BlockStream(long blocks) : Stream
    {
        private long _piece;
        private int _position;

        public long MostMemory { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_piece > blocks + 1)
            {
                return 0;
            }

            var piece = _piece == 0 ? Head : _piece <= blocks ? Block : Tail;
            var length = Math.Min(buffer.Length, piece.Length - _position);
            piece.AsSpan(_position, length).CopyTo(buffer);
            _position += length;
            if (_position == piece.Length)
            {
                (_piece, _position) = (_piece + 1, 0);
                MostMemory = Math.Max(MostMemory, GC.GetTotalMemory(forceFullCollection: false));
            }

            return length;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
