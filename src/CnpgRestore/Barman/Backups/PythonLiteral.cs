using System.Globalization;
using System.Text;

namespace CnpgRestore.Barman.Backups;

/// <summary>
/// Reads the Python literals that backup.info holds: strings, integers, <c>None</c>, and lists or tuples of them. A string becomes
/// <see cref="string"/>, an integer <see cref="long"/>, a list or tuple <c>List&lt;object?&gt;</c>.
/// </summary>
sealed class PythonLiteral
{
    // backup.info nests lists two deep; the bound keeps a hostile file from exhausting the stack.
    private const int DeepestNesting = 16;

    private readonly string _text;
    private int _position;

    private PythonLiteral(string text)
    {
        _text = text;
    }

    public static bool TryParse(string text, out object? value)
    {
        var literal = new PythonLiteral(text);
        return literal.TryReadValue(0, out value) && literal.AtEnd();
    }

    private bool TryReadValue(int depth, out object? value)
    {
        value = null;
        SkipSpace();
        if (_position >= _text.Length || depth > DeepestNesting)
        {
            return false;
        }

        switch (_text[_position])
        {
            case '\'' or '"':
                return TryReadString(out value);
            case '[':
                return TryReadSequence(']', depth, out value);
            case '(':
                return TryReadSequence(')', depth, out value);
            default:
                return TryReadWord(out value);
        }
    }

    private bool TryReadSequence(char close, int depth, out object? value)
    {
        var items = new List<object?>();
        value = items;
        _position++;
        while (true)
        {
            SkipSpace();
            if (TryTake(close))
            {
                return true;
            }

            if (!TryReadValue(depth + 1, out var item))
            {
                return false;
            }

            items.Add(item);
            SkipSpace();
            if (!TryTake(','))
            {
                return TryTake(close);
            }
        }
    }

    private bool TryReadString(out object? value)
    {
        var quote = _text[_position++];
        var text = new StringBuilder();
        value = null;
        while (_position < _text.Length)
        {
            var c = _text[_position++];
            if (c == quote)
            {
                value = text.ToString();
                return true;
            }

            if (c != '\\')
            {
                text.Append(c);
            }
            else if (!TryReadEscape(text))
            {
                return false;
            }
        }

        return false;
    }

    private bool TryReadEscape(StringBuilder text)
    {
        if (_position >= _text.Length)
        {
            return false;
        }

        var c = _text[_position++];
        switch (c)
        {
            case 'n':
                text.Append('\n');
                return true;
            case 't':
                text.Append('\t');
                return true;
            case 'r':
                text.Append('\r');
                return true;
            case 'x':
                return TryReadCodePoint(2, text);
            case 'u':
                return TryReadCodePoint(4, text);
            case 'U':
                return TryReadCodePoint(8, text);
            case '\\' or '\'' or '"':
                text.Append(c);
                return true;
            default:
                // Python keeps the backslash of an escape that it does not know.
                text.Append('\\').Append(c);
                return true;
        }
    }

    private bool TryReadCodePoint(int digits, StringBuilder text)
    {
        if (_position + digits > _text.Length ||
            !uint.TryParse(_text.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ||
            !Rune.IsValid(code))
        {
            return false;
        }

        text.Append(new Rune(code).ToString());
        _position += digits;
        return true;
    }

    private bool TryReadWord(out object? value)
    {
        var start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] == '-'))
        {
            _position++;
        }

        var word = _text.AsSpan(start, _position - start);
        value = null;
        if (word is "None")
        {
            return true;
        }

        var parsed = long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        value = number;
        return parsed;
    }

    private bool AtEnd()
    {
        SkipSpace();
        return _position == _text.Length;
    }

    private bool TryTake(char expected)
    {
        var there = _position < _text.Length && _text[_position] == expected;
        _position += there ? 1 : 0;
        return there;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }
    }
}
