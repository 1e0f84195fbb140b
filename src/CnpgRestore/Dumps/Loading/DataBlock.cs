using System.Buffers;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Some rows of one table.</summary>
abstract record DataBlock(QualifiedName Table);

/// <summary>Whole lines behind a COPY, about a megabyte.</summary>
/// <param name="Buffer">Of the shared pool, to which whoever has written the block gives it back.</param>
/// <param name="Line">Of the dump, where the block begins.</param>
sealed record CopyBlock(QualifiedName Table, DumpStatement Statement, byte[] Buffer, int Length, long Line, int Lines) : DataBlock(Table)
{
    public ReadOnlyMemory<byte> Text => Buffer.AsMemory(0, Length);

    public static CopyBlock Rent(QualifiedName table, DumpStatement statement, ReadOnlySpan<byte> lines, long line)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(lines.Length);
        lines.CopyTo(buffer);
        return new CopyBlock(table, statement, buffer, lines.Length, line, lines.Count((byte)'\n'));
    }

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}

/// <summary>INSERT statements that follow each other.</summary>
sealed record InsertBlock(QualifiedName Table, IReadOnlyList<DumpStatement> Statements) : DataBlock(Table);
