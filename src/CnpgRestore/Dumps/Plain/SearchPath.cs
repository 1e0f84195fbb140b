using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary><c>SET search_path = sales, pg_catalog;</c>, and what newer programs write: <c>SELECT pg_catalog.set_config('search_path', '', false);</c>.</summary>
/// <param name="First">Where names without a schema are made and found; null where every name has one.</param>
sealed record SearchPath(string? First)
{
    /// <summary>Null for every other statement.</summary>
    public static SearchPath? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (words.Accept("SELECT"))
        {
            return words.Name() is { Schema: "pg_catalog", Name: "set_config" } && words.AcceptSymbol('(') && words.Literal() == "search_path" && words.AcceptSymbol(',')
                ? OfList(words.Literal())
                : null;
        }

        if (!words.Accept("SET"))
        {
            return null;
        }

        words.Accept("SESSION");
        return words.Identifier() == "search_path" && (words.AcceptSymbol('=') || words.Accept("TO")) ? Of(words.Literal() ?? words.Identifier()) : null;
    }

    // The name of the user is not known here.
    private static SearchPath Of(string? first) => new(first is "" or "pg_catalog" or "default" or "$user" ? null : first);

    // A list in one string has quotes and commas of its own; pg_dump writes none.
    private static SearchPath OfList(string? list) => list?.AsSpan().ContainsAny('"', ',') == true ? new SearchPath(First: null) : Of(list);
}
