namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// Reads the database out of <c>\connect app</c>, <c>\connect "App"</c> and <c>\connect -reuse-previous=on "dbname='my app'"</c>, the forms that
/// pg_dump writes (src/fe_utils/string_utils.c, appendPsqlMetaConnect).
/// </summary>
static class PsqlConnect
{
    private const string Reuse = "-reuse-previous=on ";
    private const string DatabaseName = "dbname=";

    /// <summary>Null for every other line.</summary>
    public static string? TryParse(string line)
    {
        if (!(line.StartsWith(@"\connect ", StringComparison.Ordinal) || line.StartsWith(@"\c ", StringComparison.Ordinal)))
        {
            return null;
        }

        var argument = line[line.IndexOf(' ', StringComparison.Ordinal)..].Trim();
        if (!argument.StartsWith(Reuse, StringComparison.Ordinal))
        {
            return Unquote(argument, '"');
        }

        var settings = Unquote(argument[Reuse.Length..].Trim(), '"');
        var value = settings.StartsWith(DatabaseName, StringComparison.Ordinal) ? settings[DatabaseName.Length..] : settings;

        // A value of a connection string escapes with backslashes.
        return value.Length > 1 && value[0] == '\'' && value[^1] == '\'' ? value[1..^1].Replace(@"\'", "'", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal) : value;
    }

    private static string Unquote(string text, char quote) =>
        text.Length >= 2 && text[0] == quote && text[^1] == quote ? text[1..^1].Replace($"{quote}{quote}", quote.ToString(), StringComparison.Ordinal) : text.Split(' ')[0];
}
