using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// The roles without which a statement of pg_dump fails: owners, grantees, those of default privileges, policies and user mappings. What a function
/// does when it is called is its own affair.
/// </summary>
static class RoleReferences
{
    // Words that stand where a role may, and are none (src/backend/parser/gram.y, RoleSpec).
    private static readonly string[] NoRoles = ["public", "current_role", "current_user", "session_user"];

    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (words.Accept("SET", "SESSION", "AUTHORIZATION"))
        {
            return words.Literal() is { } role ? [role] : words.Identifier() is { } named and not "default" ? [named] : [];
        }

        var names = words.Accept("GRANT") || words.Accept("REVOKE") ? Behind(words, "TO", "FROM")
            : words.Accept("ALTER", "DEFAULT", "PRIVILEGES") ? Behind(words, "TO", "FROM", "ROLE")
            : words.Accept("CREATE", "POLICY") ? Behind(words, "TO")
            : words.Accept("CREATE", "USER", "MAPPING") ? Behind(words, "FOR")
            : words.Accept("ALTER", "ROLE") ? OfSetting(words)
            : words.Accept("ALTER") ? BehindOwner(words)
            : [];
        return [.. names.Where(name => !NoRoles.Contains(name))];
    }

    /// <summary>The names, with commas between them, behind each of the keywords.</summary>
    private static List<string> Behind(StatementWords words, params string[] keywords)
    {
        var names = new List<string>();
        while (!words.IsAtEnd)
        {
            if (!AcceptAny(ref words, keywords))
            {
                words.Skip();
                continue;
            }

            do
            {
                if (words.Identifier() is { } name)
                {
                    names.Add(name);
                }
            }
            while (words.AcceptSymbol(','));
        }

        return names;
    }

    // Settings of a role in a database belong to the database's dump, ALTER ROLE as such to that of the server.
    private static List<string> OfSetting(StatementWords words) => words.Identifier() is { } role && words.Accept("IN", "DATABASE") ? [role] : [];

    private static List<string> BehindOwner(StatementWords words)
    {
        while (!words.IsAtEnd)
        {
            if (words.Accept("OWNER", "TO"))
            {
                return words.Identifier() is { } owner ? [owner] : [];
            }

            words.Skip();
        }

        return [];
    }

    private static bool AcceptAny(ref StatementWords words, string[] keywords)
    {
        foreach (var keyword in keywords)
        {
            if (words.Accept(keyword))
            {
                return true;
            }
        }

        return false;
    }
}
