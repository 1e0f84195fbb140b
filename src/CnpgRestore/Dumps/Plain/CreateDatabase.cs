using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>What pg_dump -C and pg_dumpall say of a database as such: its encoding and locale (PostgreSQL manual, CREATE DATABASE).</summary>
static class CreateDatabase
{
    /// <summary>Options that another server understands as well; a tablespace is a place on one server, and a template is always template0.</summary>
    private static readonly HashSet<string> Carried = new(StringComparer.Ordinal)
    {
        "ENCODING", "LOCALE_PROVIDER", "LOCALE", "LC_COLLATE", "LC_CTYPE", "ICU_LOCALE", "BUILTIN_LOCALE", "ICU_RULES",
    };

    /// <summary>The name, and the options that are carried over; null where it is another statement.</summary>
    public static (string Name, IReadOnlyDictionary<string, string> Options)? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("CREATE", "DATABASE") || words.Identifier() is not { } name)
        {
            return null;
        }

        var options = new SortedDictionary<string, string>(StringComparer.Ordinal);
        words.Accept("WITH");
        while (!words.IsAtEnd)
        {
            var option = words.Word();
            words.AcceptSymbol('=');
            // libc, icu and builtin stand without quotes.
            if (option.Length > 0 && (words.Literal() ?? words.Identifier()) is { } value)
            {
                if (Carried.Contains(option))
                {
                    options[option] = value;
                }
            }
            else
            {
                words.Skip();
            }
        }

        return (name, options);
    }

    /// <summary>An empty database. What no dump may say is not written, wherever the options come from.</summary>
    /// <param name="owner">Quoted.</param>
    public static string Statement(string name, string owner, IReadOnlyDictionary<string, string> options) => string.Join(
        ' ',
        [
            $"CREATE DATABASE {name} TEMPLATE template0 OWNER {owner}",
            .. options.Where(option => Carried.Contains(option.Key)).Select(option => $"{option.Key} {Postgres.QualifiedName.Literal(option.Value)}"),
        ]);
}
