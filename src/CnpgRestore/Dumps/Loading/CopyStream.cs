using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Rows on their way into one table over one connection, as they stand in the dump.</summary>
sealed partial class CopyStream(TextWriter import, DumpStatement statement)
{
    // Messages as large as the server's own read buffer many times over; larger ones only make it wait for their end.
    private const int MessageSize = 1 << 16;

    private readonly Stream _raw = ((StreamWriter)import).BaseStream;
    private readonly List<(long Row, long Line)> _origins = [];
    private long _rows;

    public DumpStatement Statement => statement;

    public long Bytes { get; private set; }

    public async Task WriteAsync(CopyBlock block, CancellationToken ct)
    {
        _origins.Add((_rows, block.Line));
        _rows += block.Lines;
        Bytes += block.Length;
        try
        {
            // Synchronously: the socket is full again and again, and to be woken each time costs more than to wait.
            await Task.Run(() => Write(block.Text.Span), ct);
        }
        catch (NpgsqlException e)
        {
            throw LoadFailure.Of(e, statement, LineOf(e));
        }
    }

    /// <summary>Ends the rows and waits until the server has taken them all.</summary>
    public async Task CompleteAsync()
    {
        try
        {
            await import.DisposeAsync();
        }
        catch (NpgsqlException e)
        {
            throw LoadFailure.Of(e, statement, LineOf(e));
        }
    }

    /// <summary>None of the rows stay.</summary>
    public async Task CancelAsync()
    {
        try
        {
            await ((NpgsqlCopyTextWriter)import).CancelAsync();
            await import.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The load has failed already, and its first error is the one that is told.
        }
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        for (; text.Length > MessageSize; text = text[MessageSize..])
        {
            _raw.Write(text[..MessageSize]);
        }

        _raw.Write(text);
    }

    // The server counts the lines of this COPY alone: "COPY orders, line 17, column qty".
    private long LineOf(NpgsqlException error)
    {
        if (error is not PostgresException { Where: { } where } || RowNumber().Match(where) is not { Success: true } match)
        {
            return statement.Line;
        }

        var row = long.Parse(match.Groups["row"].ValueSpan, CultureInfo.InvariantCulture) - 1;
        var origin = _origins.FindLast(known => known.Row <= row);
        return origin.Line + row - origin.Row;
    }

    [GeneratedRegex(@"^COPY .*?, \p{L}+ (?<row>\d{1,18})(,|:|$)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RowNumber();
}
