using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Those statements of a dump that have no place in a database which was made for it: what <c>pg_dump --clean</c> drops first is not there, without
/// <c>--if-exists</c> each such statement is an error, and the schema public, which <c>pg_dump --schema=public</c> creates, is there already.
/// </summary>
public sealed class NeedlessStatements
{
    private bool _hasDropped;
    private bool _isBuilding;

    /// <summary>To be asked of every statement, in order.</summary>
    public bool Contain(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (words.Accept("CREATE", "SCHEMA", "PUBLIC") && words.IsAtEnd)
        {
            return true;
        }

        if (_isBuilding || SetsUp(statement, encoding))
        {
            return false;
        }

        var drops = Drops(statement, encoding);
        _hasDropped |= drops;
        _isBuilding = !drops;
        return drops;
    }

    // Settings stand in front of everything.
    private static bool SetsUp(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        return words.Accept("SET") || (words.Accept("SELECT") && words.Name() is { Name: "set_config" });
    }

    // As pg_dump writes them (dropStmt, src/bin/pg_dump/pg_dump.c): before anything is created, nothing can be altered. A view whose keys hang on a later
    // constraint is emptied instead of dropped.
    private bool Drops(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        return words.Accept("DROP") || words.Accept("ALTER", "TABLE") || (words.Accept("ALTER", "DOMAIN") && words.SkipPast("DROP"))
            || (words.Accept("SELECT") && words.Name() is { Name: "lo_unlink" })
            || (_hasDropped && words.Accept("CREATE", "OR", "REPLACE", "VIEW") && words.Name() is not null && words.Accept("AS", "SELECT", "NULL"));
    }
}
