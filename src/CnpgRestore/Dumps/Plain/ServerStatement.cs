using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Tells statements that concern the server or a database as such, by its name, from those that concern what is in one: roles, tablespaces,
/// CREATE, DROP and ALTER DATABASE, comments, grants and labels on a database, and writes to the catalogs that all databases share.
/// </summary>
public static class ServerStatement
{
    /// <summary>Those that all databases share (PostgreSQL manual, 53: "pg_database is shared across all databases"), as pg_dump and people write to them.</summary>
    private static readonly HashSet<string> SharedCatalogs = new(StringComparer.Ordinal)
    {
        "pg_database", "pg_authid", "pg_auth_members", "pg_db_role_setting", "pg_tablespace", "pg_shdescription", "pg_shseclabel", "pg_shdepend", "pg_parameter_acl",
        "pg_replication_origin", "pg_subscription",
    };

    public static bool Is(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (words.Accept("REASSIGN", "OWNED") || words.Accept("DROP", "OWNED") || words.Accept("ALTER", "SYSTEM"))
        {
            return true;
        }

        if (words.Accept("UPDATE") || words.Accept("INSERT", "INTO") || words.Accept("DELETE", "FROM"))
        {
            words.Accept("ONLY");
            return words.Name() is { Schema: null or "" or "pg_catalog" } table && SharedCatalogs.Contains(table.Name);
        }

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

    private static bool IsOfServer(ref StatementWords words) => words.Accept("DATABASE") || words.Accept("ROLE") || words.Accept("TABLESPACE") || words.Accept("PARAMETER");
}
