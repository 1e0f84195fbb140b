using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Statements that name the database itself, as <c>pg_dump --create</c> writes them: the target is another one, with a name of its own.</summary>
static class DatabaseStatement
{
    private const string Password = "PASSWORD '";

    public static bool Is(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        return words.Accept("CREATE", "DATABASE") || words.Accept("DROP", "DATABASE") || words.Accept("ALTER", "DATABASE")
            || words.Accept("COMMENT", "ON", "DATABASE")
            || ((words.Accept("GRANT") || words.Accept("REVOKE") || words.Accept("SECURITY", "LABEL")) && words.SkipPast("ON") && words.Accept("DATABASE"));
    }

    /// <summary>For people and reports: a password stays in the dump.</summary>
    public static StatementNotRun Leave(string statement, long line)
    {
        var at = statement.IndexOf(Password, StringComparison.OrdinalIgnoreCase);
        var end = at < 0 ? -1 : statement.IndexOf('\'', at + Password.Length);
        return new StatementNotRun(line, at < 0 ? statement : $"{statement[..(at + Password.Length - 1)]}***{(end < 0 ? "" : statement[(end + 1)..])}");
    }
}
