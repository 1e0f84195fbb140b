using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Tells statements that concern the server or a database as such, by its name, from those that concern what is in one: roles, tablespaces,
/// CREATE, DROP and ALTER DATABASE, and comments, grants and labels on a database.
/// </summary>
public static class ServerStatement
{
    public static bool Is(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (words.Accept("CREATE") || words.Accept("DROP") || words.Accept("ALTER"))
        {
            return words.Accept("DATABASE") || words.Accept("ROLE") || words.Accept("USER") && !words.Accept("MAPPING") || words.Accept("GROUP") || words.Accept("TABLESPACE");
        }

        if (words.Accept("COMMENT", "ON"))
        {
            return IsOfServer(ref words);
        }

        return (words.Accept("GRANT") || words.Accept("REVOKE") || words.Accept("SECURITY", "LABEL")) && ConcernsServer(words);
    }

    // GRANT role TO role has no ON.
    private static bool ConcernsServer(StatementWords words)
    {
        while (!words.IsAtEnd)
        {
            if (words.Accept("ON"))
            {
                return IsOfServer(ref words);
            }

            words.Skip();
        }

        return true;
    }

    private static bool IsOfServer(ref StatementWords words) => words.Accept("DATABASE") || words.Accept("ROLE") || words.Accept("TABLESPACE");
}
