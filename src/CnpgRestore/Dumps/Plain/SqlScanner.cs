namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Finds where a statement ends, by the rules of psql (src/fe_utils/psqlscan.l). Goes on where it stopped when more bytes have come, so a
/// statement may arrive in pieces of any size.
/// </summary>
sealed class SqlScanner
{
    private enum Place
    {
        Statement,
        LineComment,
        BlockComment,
        String,
        EscapeString,
        QuotedName,
        DollarString,
    }

    private readonly RoutineBody _routine = new();
    private Place _place;
    private int _position;
    private int _parentheses;
    private int _commentDepth;
    private byte[] _dollarTag = [];

    // The kind of the string that was closed while only white space has followed: SQL glues the next one to it.
    private Place? _closedString;
    private Place? _announcedString;

    public bool StandardConformingStrings { get; set; } = true;

    public DumpEncoding Encoding { get; set; } = DumpEncoding.Utf8;

    /// <summary>How many groups in parentheses stand side by side on the outermost level: the rows of an INSERT and its column list.</summary>
    public int Groups { get; private set; }

    /// <summary>Nothing but white space and comments so far.</summary>
    public bool IsBlank { get; private set; } = true;

    public void Reset()
    {
        (_place, _position, _parentheses, _commentDepth) = (Place.Statement, 0, 0, 0);
        (_closedString, _announcedString) = (null, null);
        (Groups, IsBlank) = (0, true);
        _routine.Reset();
    }

    /// <param name="text">From the statement's first byte on; what was there at the last call is still there.</param>
    /// <param name="isLast">No more bytes will come.</param>
    /// <returns>The length of the statement with its semicolon; null when it does not end here.</returns>
    public int? FindEnd(ReadOnlySpan<byte> text, bool isLast)
    {
        while (_position < text.Length)
        {
            var (place, position) = (_place, _position);
            if (place == Place.Statement && text[position] == ';' && _parentheses == 0 && !_routine.IsOpen)
            {
                return position + 1;
            }

            Step(text, isLast);
            if (_position == position && _place == place)
            {
                return null;
            }
        }

        return null;
    }

    // Moves on; not moving means that the next bytes must come first.
    private void Step(ReadOnlySpan<byte> text, bool isLast)
    {
        switch (_place)
        {
            case Place.Statement:
                StepStatement(text, isLast);
                break;
            case Place.LineComment:
                SkipPast(text, (byte)'\n');
                break;
            case Place.BlockComment:
                StepBlockComment(text);
                break;
            case Place.String:
                SkipPast(text, (byte)'\'');
                break;
            case Place.QuotedName:
                SkipPast(text, (byte)'"');
                break;
            case Place.EscapeString:
                StepEscapeString(text);
                break;
            case Place.DollarString:
                StepDollarString(text);
                break;
        }
    }

    private void StepStatement(ReadOnlySpan<byte> text, bool isLast)
    {
        var current = text[_position];
        if (current is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f')
        {
            _position++;
            return;
        }

        if (current is (byte)'-' or (byte)'/')
        {
            if (_position + 1 == text.Length && !isLast)
            {
                return;
            }

            if (_position + 1 < text.Length && text[_position + 1] == (current == '-' ? (byte)'-' : (byte)'*'))
            {
                _place = current == '-' ? Place.LineComment : Place.BlockComment;
                _commentDepth = 1;
                _position += 2;
                return;
            }
        }

        IsBlank = false;
        if (current == '\'')
        {
            _place = _closedString ?? _announcedString ?? (StandardConformingStrings ? Place.String : Place.EscapeString);
            (_closedString, _announcedString) = (null, null);
            _position++;
            return;
        }

        (_closedString, _announcedString) = (null, null);
        if (current == '$')
        {
            StepDollar(text, isLast);
        }
        else if (IsWordByte(current))
        {
            StepWord(text, isLast);
        }
        else
        {
            Count(current);
            _place = current == '"' ? Place.QuotedName : Place.Statement;
            _position++;
        }
    }

    private void Count(byte symbol)
    {
        if (symbol == '(')
        {
            Groups += _parentheses++ == 0 ? 1 : 0;
        }
        else if (symbol == ')' && _parentheses > 0)
        {
            _parentheses--;
        }
    }

    private void StepWord(ReadOnlySpan<byte> text, bool isLast)
    {
        var end = _position + 1;
        while (end < text.Length && (IsWordByte(text[end]) || text[end] == '$'))
        {
            end++;
        }

        if (end == text.Length && !isLast)
        {
            return;
        }

        var word = text[_position..end];
        if (word.Length == 1 && end < text.Length && text[end] == '\'')
        {
            _announcedString = word[0] switch
            {
                (byte)'e' or (byte)'E' => Place.EscapeString,
                (byte)'b' or (byte)'B' or (byte)'x' or (byte)'X' => Place.String,
                _ => null,
            };
        }

        if (_parentheses == 0)
        {
            _routine.See(word);
        }

        _position = end;
    }

    private void StepDollar(ReadOnlySpan<byte> text, bool isLast)
    {
        var end = _position + 1;
        while (end < text.Length && IsWordByte(text[end]) && !(end == _position + 1 && char.IsAsciiDigit((char)text[end])))
        {
            end++;
        }

        if (end == text.Length && !isLast)
        {
            return;
        }

        if (end < text.Length && text[end] == '$')
        {
            _dollarTag = text[_position..(end + 1)].ToArray();
            _place = Place.DollarString;
            _position = end + 1;
        }
        else
        {
            _position++;
        }
    }

    private void StepDollarString(ReadOnlySpan<byte> text)
    {
        var end = text[_position..].IndexOf(_dollarTag);
        if (end < 0)
        {
            // The closing tag may have begun already.
            _position = Math.Max(_position, text.Length - _dollarTag.Length + 1);
            return;
        }

        _position += end + _dollarTag.Length;
        _place = Place.Statement;
    }

    private void StepEscapeString(ReadOnlySpan<byte> text)
    {
        while (_position < text.Length)
        {
            var current = text[_position];
            if (current == '\'')
            {
                SkipPast(text, (byte)'\'');
                return;
            }

            var length = current == '\\' || Encoding.IsLeadByte(current) ? 2 : 1;
            if (_position + length > text.Length)
            {
                return;
            }

            _position += length;
        }
    }

    private void StepBlockComment(ReadOnlySpan<byte> text)
    {
        var at = text[_position..].IndexOfAny((byte)'*', (byte)'/');
        if (at < 0)
        {
            _position = text.Length;
            return;
        }

        _position += at;
        if (_position + 1 == text.Length)
        {
            return;
        }

        var pair = (text[_position], text[_position + 1]);
        _commentDepth += pair == ((byte)'/', (byte)'*') ? 1 : pair == ((byte)'*', (byte)'/') ? -1 : 0;
        _position += pair is ((byte)'/', (byte)'*') or ((byte)'*', (byte)'/') ? 2 : 1;
        _place = _commentDepth == 0 ? Place.Statement : Place.BlockComment;
    }

    private void SkipPast(ReadOnlySpan<byte> text, byte end)
    {
        var at = text[_position..].IndexOf(end);
        if (at < 0)
        {
            _position = text.Length;
            return;
        }

        _closedString = _place is Place.String or Place.EscapeString ? _place : _place == Place.LineComment ? _closedString : null;
        _place = Place.Statement;
        _position += at + 1;
    }

    private static bool IsWordByte(byte value) =>
        value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_' or >= 0x80;
}
