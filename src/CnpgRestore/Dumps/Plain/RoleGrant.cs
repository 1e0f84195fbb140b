using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>A membership as pg_dumpall writes it: <c>GRANT reporting TO app WITH INHERIT TRUE GRANTED BY admin;</c>.</summary>
/// <param name="Group">What is granted.</param>
/// <param name="Statement">
/// Without who granted it: that role need not be on the server that the statement is for, and from PostgreSQL 16 on it would need ADMIN OPTION there first.
/// </param>
readonly record struct RoleGrant(string Group, string Member, string Statement)
{
    /// <summary>Null where the statement is another one, a grant on an object among them.</summary>
    public static RoleGrant? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("GRANT") || words.Identifier() is not { } group || !words.Accept("TO") || words.Identifier() is not { } member)
        {
            return null;
        }

        // Behind the names: a role may be called granted.
        while (!words.IsAtEnd)
        {
            var left = words.Left;
            if (words.Accept("GRANTED", "BY"))
            {
                return new RoleGrant(group, member, encoding.GetString(statement[..^left]));
            }

            words.Skip();
        }

        return new RoleGrant(group, member, encoding.GetString(statement));
    }
}
