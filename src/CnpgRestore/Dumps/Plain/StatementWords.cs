using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Reads a statement from its head on, word by word: enough to know what it makes and what it touches. Nothing moves where the next word is
/// another one than asked for.
/// </summary>
ref struct StatementWords(ReadOnlySpan<byte> text, Encoding encoding)
{
    // A statement with more is no SQL; to look for the partner of each would take the square of its length.
    private const int MostUnclosed = 64;

    private ReadOnlySpan<byte> _rest = SkipBlank(text);
    private int _unclosed;

    /// <summary>How many bytes of the statement are not read yet.</summary>
    public readonly int Left => _rest.Length;

    public readonly bool IsAtEnd => _rest.IsEmpty || _rest[0] == ';';

    /// <summary>All of these keywords, in this order and in any case.</summary>
    public bool Accept(params ReadOnlySpan<string> keywords)
    {
        var rest = _rest;
        foreach (var keyword in keywords)
        {
            var length = WordLength(rest);
            if (!Ascii.EqualsIgnoreCase(rest[..length], keyword))
            {
                return false;
            }

            rest = SkipBlank(rest[length..]);
        }

        _rest = rest;
        return true;
    }

    /// <summary>Moves behind the next such keyword outside of parentheses and quotes; false where there is none.</summary>
    public bool SkipPast(string keyword)
    {
        while (!IsAtEnd)
        {
            if (Accept(keyword))
            {
                return true;
            }

            Skip();
        }

        return false;
    }

    public bool AcceptSymbol(char symbol)
    {
        if (_rest.IsEmpty || _rest[0] != symbol)
        {
            return false;
        }

        _rest = SkipBlank(_rest[1..]);
        return true;
    }

    /// <summary>The next word in upper case; empty where there is none.</summary>
    public string Word()
    {
        var length = WordLength(_rest);
        var word = encoding.GetString(_rest[..length]).ToUpperInvariant();
        _rest = SkipBlank(_rest[length..]);
        return word;
    }

    /// <summary>A name with or without its schema, as PostgreSQL folds it; null where none stands here.</summary>
    public QualifiedName? Name()
    {
        if (Identifier() is not { } first)
        {
            return null;
        }

        return AcceptSymbol('.') && Identifier() is { } second ? new QualifiedName(first, second) : new QualifiedName(Schema: null, first);
    }

    /// <summary>A name without a schema, or null.</summary>
    public string? Identifier()
    {
        if (_rest.IsEmpty || _rest[0] != '"')
        {
            var length = WordLength(_rest);
            var word = length == 0 ? null : Fold(encoding.GetString(_rest[..length]));
            _rest = SkipBlank(_rest[length..]);
            return word;
        }

        return Quoted('"');
    }

    /// <summary>A string constant without escapes, or null.</summary>
    public string? Literal() => !_rest.IsEmpty && _rest[0] == '\'' ? Quoted('\'') : null;

    /// <summary>Everything between an opening parenthesis here and its partner; quotes within are understood, dollar quotes are not.</summary>
    public bool SkipGroup()
    {
        if (_rest.IsEmpty || _rest[0] != '(' || _unclosed > MostUnclosed)
        {
            return false;
        }

        for (var (at, depth) = (0, 0); at < _rest.Length; at++)
        {
            if (_rest[at] is (byte)'\'' or (byte)'"')
            {
                var end = _rest[(at + 1)..].IndexOf(_rest[at]);
                at = end < 0 ? _rest.Length - 1 : at + 1 + end;
            }
            else if (_rest[at] == '(')
            {
                depth++;
            }
            else if (_rest[at] == ')' && --depth == 0)
            {
                _rest = SkipBlank(_rest[(at + 1)..]);
                return true;
            }
        }

        _unclosed++;
        return false;
    }

    /// <summary>One word, quoted name, string, group or symbol, whatever it is.</summary>
    public void Skip()
    {
        if (!SkipGroup() && Identifier() is null && Literal() is null && !_rest.IsEmpty)
        {
            _rest = SkipBlank(_rest[1..]);
        }
    }

    // Letters beyond ASCII keep their case where a character may have several bytes (src/backend/parser/scansup.c, downcase_identifier).
    private static string Fold(string word) => string.Create(word.Length, word, static (folded, word) =>
    {
        for (var at = 0; at < word.Length; at++)
        {
            folded[at] = char.IsAsciiLetterUpper(word[at]) ? char.ToLowerInvariant(word[at]) : word[at];
        }
    });

    private string Quoted(char quote)
    {
        var end = 1;
        while (end < _rest.Length && (_rest[end] != quote || (end + 1 < _rest.Length && _rest[end + 1] == quote)))
        {
            end += _rest[end] == quote ? 2 : 1;
        }

        var inner = encoding.GetString(_rest[1..Math.Min(end, _rest.Length)]);
        _rest = SkipBlank(_rest[Math.Min(end + 1, _rest.Length)..]);
        return inner.Replace($"{quote}{quote}", quote.ToString(), StringComparison.Ordinal);
    }

    private static int WordLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit((char)text[length]) || text[length] is (byte)'_' or (byte)'$' or >= 0x80))
        {
            length++;
        }

        return length;
    }

    /// <summary>Comments nest (PostgreSQL manual, 4.1.5).</summary>
    private static int CommentLength(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        for (var at = 0; at + 1 < text.Length; at++)
        {
            var change = text[at..].StartsWith("/*"u8) ? 1 : text[at..].StartsWith("*/"u8) ? -1 : 0;
            depth += change;
            at += change == 0 ? 0 : 1;
            if (depth == 0)
            {
                return at + 1;
            }
        }

        return text.Length;
    }

    private static ReadOnlySpan<byte> SkipBlank(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            text = text.TrimStart(" \n\r\t\f\v"u8);
            if (text.StartsWith("--"u8))
            {
                var end = text.IndexOf((byte)'\n');
                text = end < 0 ? [] : text[end..];
            }
            else if (text.StartsWith("/*"u8))
            {
                text = text[CommentLength(text)..];
            }
            else
            {
                return text;
            }
        }
    }
}
