using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Plain;

/// <summary>A statement that is followed by data: <c>COPY public.orders (id, item) FROM stdin;</c>.</summary>
/// <param name="IsLineByLine">In the format that pg_dump writes, where each line is a row; otherwise options stand behind it.</param>
public sealed record CopyStatement(QualifiedName Table, bool IsLineByLine)
{
    /// <summary>Null for every other statement.</summary>
    public static CopyStatement? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("COPY") || words.Name() is not { } table)
        {
            return null;
        }

        words.SkipGroup();
        return words.Accept("FROM", "STDIN") ? new CopyStatement(table, words.IsAtEnd) : null;
    }
}
