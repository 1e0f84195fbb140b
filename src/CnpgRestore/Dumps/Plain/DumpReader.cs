namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Reads a plain SQL dump as psql would, token by token and once. Memory is that of the largest statement or line, at least one MiB; a large table
/// arrives in many pieces of whole lines.
/// </summary>
/// <param name="stream">The text, decompressed.</param>
public sealed class DumpReader(Stream stream)
{
    private const int SmallestBuffer = 1 << 20;

    private readonly SqlScanner _scanner = new();
    private byte[] _buffer = new byte[SmallestBuffer];
    private int _start;
    private int _end;
    private int _length;
    private bool _isLast;
    private bool _inData;
    private bool _dataBegins;

    /// <summary>The bytes of the token, valid until the next read.</summary>
    public ReadOnlyMemory<byte> Text { get; private set; }

    /// <summary>The line on which the token begins; the first is 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Whether the last token was <see cref="DumpToken.Cut"/>.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Bytes of text before the token.</summary>
    public long Position { get; private set; }

    /// <summary>As the last <c>SET client_encoding</c> said.</summary>
    public DumpEncoding Encoding => _scanner.Encoding;

    /// <summary>For a statement that is followed by data, and for the data: what is copied.</summary>
    public CopyStatement? Copy { get; private set; }

    /// <summary>
    /// Where names without a schema belong, as the last <c>SET search_path = sales, pg_catalog</c> said (pg_dump before 10.3, 9.6.8, 9.5.12, 9.4.17 and 9.3.22);
    /// null where nothing was said.
    /// </summary>
    public string? Schema { get; private set; }

    /// <summary>For a statement: its groups in parentheses side by side, such as the rows of an INSERT.</summary>
    public int Groups => _scanner.Groups;

    /// <exception cref="InvalidDataException">The compressed file underneath is damaged.</exception>
    public async ValueTask<DumpToken> ReadAsync(CancellationToken ct)
    {
        Advance();
        if (_inData)
        {
            return await ReadDataAsync(ct);
        }

        if (Position == 0)
        {
            await SkipByteOrderMarkAsync(ct);
        }

        await SkipBlankAsync(ct);
        if (_start == _end)
        {
            return DumpToken.End;
        }

        if (_end - _start == 1 && !_isLast)
        {
            await FillAsync(ct);
        }

        var first = _buffer.AsMemory(_start, _end - _start);
        if (first.Span[0] == '\\')
        {
            await ReadLineAsync(DumpToken.MetaCommand, ct);
            // A new session has a search path of its own.
            Schema = PsqlConnect.TryParse(TextAsString()) is null ? Schema : null;
            return DumpToken.MetaCommand;
        }

        return first.Span.StartsWith("--"u8) ? await ReadLineAsync(DumpToken.Comment, ct) : await ReadStatementAsync(ct);
    }

    /// <summary>The token as people read it.</summary>
    public string TextAsString() => Encoding.Text.GetString(Text.Span);

    private async ValueTask<DumpToken> ReadLineAsync(DumpToken token, CancellationToken ct)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0 && !_isLast)
        {
            await FillAsync(ct);
        }

        _length = length < 0 ? _end - _start : length;
        Text = _buffer.AsMemory(_start, _length).TrimEnd((byte)'\r');
        return token;
    }

    private async ValueTask<DumpToken> ReadStatementAsync(CancellationToken ct)
    {
        _scanner.Reset();
        int? length;
        while ((length = _scanner.FindEnd(_buffer.AsSpan(_start, _end - _start), _isLast)) is null && !_isLast)
        {
            await FillAsync(ct);
        }

        if (length is not { } found)
        {
            return _scanner.IsBlank ? Rest(DumpToken.End) : Rest(DumpToken.Cut);
        }

        (_length, Text) = (found, _buffer.AsMemory(_start, found));
        See(Text.Span);
        return DumpToken.Statement;
    }

    private async ValueTask<DumpToken> ReadDataAsync(CancellationToken ct)
    {
        if (_dataBegins)
        {
            await SkipLineEndAsync(ct);
        }

        // Large pieces are cheap to hand on.
        while (_end - _start < SmallestBuffer / 2 && !_isLast)
        {
            await FillAsync(ct);
        }

        while (true)
        {
            if (CopyLines.EndLine(_buffer.AsSpan(_start, _end - _start), _isLast) is { } endLine)
            {
                (_inData, _length, Text) = (false, endLine, _buffer.AsMemory(_start, endLine));
                return DumpToken.CopyEnd;
            }

            var lines = CopyLines.Length(_buffer.AsSpan(_start, _end - _start), _isLast);
            if (lines > 0)
            {
                (_length, Text) = (lines, _buffer.AsMemory(_start, lines));
                return DumpToken.CopyData;
            }

            if (_isLast)
            {
                return Rest(DumpToken.Cut);
            }

            await FillAsync(ct);
        }
    }

    private DumpToken Rest(DumpToken token)
    {
        IsCut = token == DumpToken.Cut;
        (_length, Text) = (_end - _start, _buffer.AsMemory(_start, _end - _start));
        return token;
    }

    private void See(ReadOnlySpan<byte> statement)
    {
        var words = new StatementWords(statement, Encoding.Text);
        if (SearchPath.TryParse(statement, Encoding.Text) is { } path)
        {
            Schema = path.First;
        }
        else if (words.Accept("SET") && words.Identifier() is { } setting && (words.AcceptSymbol('=') || words.Accept("TO")))
        {
            var value = words.Literal() ?? words.Word();
            if (setting == "client_encoding")
            {
                _scanner.Encoding = DumpEncoding.Named(value);
            }
            else if (setting == "standard_conforming_strings")
            {
                _scanner.StandardConformingStrings = string.Equals(value, "on", StringComparison.OrdinalIgnoreCase);
            }
        }

        Copy = CopyStatement.TryParse(statement, Encoding.Text);
        _inData = _dataBegins = Copy is not null;
    }

    private void Advance()
    {
        Line += _buffer.AsSpan(_start, _length).Count((byte)'\n');
        Position += _length;
        _start += _length;
        (_length, Text) = (0, ReadOnlyMemory<byte>.Empty);
    }

    // The data begins on the line behind the statement.
    private async ValueTask SkipLineEndAsync(CancellationToken ct)
    {
        int end;
        while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0 && !_isLast)
        {
            await FillAsync(ct);
        }

        _length = end < 0 ? _end - _start : end + 1;
        _dataBegins = false;
        Advance();
    }

    private async ValueTask SkipByteOrderMarkAsync(CancellationToken ct)
    {
        while (_end - _start < DumpMagic.ByteOrderMark.Length && !_isLast)
        {
            await FillAsync(ct);
        }

        _length = _buffer.AsSpan(_start, _end - _start).StartsWith(DumpMagic.ByteOrderMark) ? DumpMagic.ByteOrderMark.Length : 0;
        Advance();
    }

    private async ValueTask SkipBlankAsync(CancellationToken ct)
    {
        while (true)
        {
            var blank = _buffer.AsSpan(_start, _end - _start).IndexOfAnyExcept(" \n\r\t\f"u8);
            _length = blank < 0 ? _end - _start : blank;
            Advance();
            if (blank >= 0 || _isLast)
            {
                return;
            }

            await FillAsync(ct);
        }
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), ct);
        _end += read;
        _isLast = read == 0;
    }
}
