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

    // Settings stand in front of everything, and so does the BEGIN of pg_restore --single-transaction.
    private static bool SetsUp(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        return words.Accept("SET") || TransactionStatement.Of(statement, encoding).Begins || (words.Accept("SELECT") && words.Name() is { Name: "set_config" });
    }

    // As pg_dump writes them (dropStmt, src/bin/pg_dump/pg_dump.c). Any other ALTER TABLE is for a table that should be there: left out, a dump of keys and
    // indexes alone would load as an empty database. A view whose keys hang on a later constraint is emptied instead of dropped.
    private bool Drops(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        return words.Accept("DROP") || (words.Accept("ALTER", "TABLE") && TakesAway(words)) || (words.Accept("ALTER", "DOMAIN") && words.SkipPast("DROP"))
            || (words.Accept("SELECT") && words.Name() is { Name: "lo_unlink" })
            || (_hasDropped && words.Accept("CREATE", "OR", "REPLACE", "VIEW") && words.Name() is not null && words.Accept("AS", "SELECT", "NULL"));
    }

    private static bool TakesAway(StatementWords words)
    {
        words.Accept("IF", "EXISTS");
        words.Accept("ONLY");
        return words.Name() is not null
            && (words.Accept("DROP", "CONSTRAINT") || words.Accept("DETACH", "PARTITION") || (words.Accept("ALTER", "COLUMN") && words.Identifier() is not null && words.Accept("DROP")));
    }
}
