using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>
/// One statement of a check file. It passes when it gives at least one row whose first column is not null, and not false where it is a boolean.
/// The file is one that psql runs as well: a statement ends with a semicolon at the end of a line, <c>\connect NAME</c> changes the database.
/// </summary>
public sealed record SqlCheck(string Database, string Statement)
{
    private const string Help = "--check-sql takes a file of SQL statements, each ended by a semicolon";

    /// <param name="database">Where a statement runs that no <c>\connect</c> stands before.</param>
    /// <exception cref="RestoreException">Exit 10: the file does not exist. 12: it may not be read. 2: what <see cref="Parse"/> refuses.</exception>
    public static async Task<IReadOnlyList<SqlCheck>> ReadAsync(string path, string database, CancellationToken ct)
    {
        try
        {
            return Parse(await File.ReadAllTextAsync(path, ct), database);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RestoreException(ProblemCode.NotFound, $"{path} does not exist", null, Help, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RestoreException(ProblemCode.AccessDenied, $"{path} may not be read", e.Message, Help, e);
        }
    }

    /// <inheritdoc cref="ReadAsync" path="/param"/>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Usage"/>: a statement without its semicolon, or another command of psql's.</exception>
    public static IReadOnlyList<SqlCheck> Parse(string text, string database)
    {
        var checks = new List<SqlCheck>();
        var statement = new List<string>();
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)))
        {
            if (statement.Count == 0 && line.StartsWith('\\'))
            {
                database = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [@"\connect" or @"\c", var name]
                    ? name.Trim('"')
                    : throw Unreadable($"'{line}' is not \\connect NAME");
                continue;
            }

            statement.Add(line);
            if (line.EndsWith(';'))
            {
                checks.Add(new SqlCheck(database, string.Join('\n', statement).TrimEnd(';')));
                statement.Clear();
            }
        }

        return statement.Count == 0 ? checks : throw Unreadable($"the last statement does not end with a semicolon: {string.Join(' ', statement)}");
    }

    /// <summary>Null where it passes, else why it does not.</summary>
    /// <param name="connection">To <see cref="Database"/>.</param>
    /// <exception cref="NpgsqlException">The session was lost: what the check gives is not known.</exception>
    public async Task<string?> FailureAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        try
        {
            // A check over a large table takes what it takes.
            await using var command = new NpgsqlCommand(Statement, connection) { CommandTimeout = 0 };
            await using var row = await command.ExecuteReaderAsync(ct);
            if (!await row.ReadAsync(ct))
            {
                return "no row";
            }

            if (row.FieldCount == 0 || await row.IsDBNullAsync(0, ct))
            {
                return "null";
            }

            return row.GetDataTypeName(0) == "boolean" && !row.GetBoolean(0) ? "false" : null;
        }
        catch (PostgresException e) when (!DatabaseErrors.IsLost(e))
        {
            return e.MessageText;
        }
    }

    private static RestoreException Unreadable(string detail) =>
        new(ProblemCode.Usage, "the file of --check-sql cannot be read", detail, Help);
}
