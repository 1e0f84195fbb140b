using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Plain;

/// <summary>A statement that brings its rows along: <c>INSERT INTO public.orders VALUES (1), (2);</c>.</summary>
static class InsertStatement
{
    /// <param name="groups">In parentheses side by side, as <see cref="DumpReader.Groups"/> counts them.</param>
    /// <returns>Null for every other statement.</returns>
    public static (QualifiedName Table, int Rows)? TryParse(ReadOnlySpan<byte> statement, int groups, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("INSERT", "INTO") || words.Name() is not { } table)
        {
            return null;
        }

        // Each group behind VALUES is a row; DEFAULT VALUES is one too.
        return (table, Math.Max(1, words.SkipGroup() ? groups - 1 : groups));
    }
}
