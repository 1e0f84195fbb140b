using System.Text;
using CnpgRestore.Dumps.Plain;
using Npgsql;
using static System.FormattableString;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Turns the first error of a load into what happened, where in the dump, and what to do.</summary>
static class LoadFailure
{
    private const string Connect = "'pg_isready' with the same address tells when it answers again; then load from the beginning";

    /// <param name="line">Of the dump, where the statement or the row stands.</param>
    public static RestoreException Of(NpgsqlException error, DumpStatement statement, long line) => error is PostgresException refusal
        ? OfServer(refusal, statement, line)
        : new RestoreException(
            ProblemCode.Unreachable,
            "Connection refused or lost: the database no longer answers",
            Invariant($"line {line} of the dump: {statement.Shortened()}; {error.InnerException?.Message ?? error.Message}"),
            Connect,
            error);

    /// <summary>No connection could be made or prepared.</summary>
    public static RestoreException OfConnection(NpgsqlException error)
    {
        var (code, words, hint) = error switch
        {
            // A session that begins on a full disk cannot write its copy of the catalogue (src/backend/utils/cache/relcache.c).
            PostgresException { MessageText: "could not write init file" } => Meaning("53100"),
            PostgresException refusal => Meaning(refusal.SqlState),
            _ => (ProblemCode.Unreachable, null, Connect),
        };
        return new RestoreException(code, $"{words ?? "Connection refused"}: a connection for the load could not be made", error.Message, hint, error);
    }

    private static RestoreException OfServer(PostgresException error, DumpStatement statement, long line)
    {
        var encoding = statement.State.Encoding;
        var message = Decode(error.MessageText, encoding);
        var (code, words, hint) = Meaning(error.SqlState);
        var detail = new StringBuilder(Invariant($"line {line} of the dump: {statement.Shortened()}; SQLSTATE {error.SqlState}"));
        foreach (var part in new[] { error.Detail, error.Where }.OfType<string>())
        {
            detail.Append("; ").Append(Decode(part, encoding).ReplaceLineEndings(" "));
        }

        return new RestoreException(code, words is null ? message : $"{words}: {message}", detail.ToString(), hint, error);
    }

    /// <summary>What the server said, which has passed as one byte per character.</summary>
    public static string Decode(string text, DumpEncoding encoding) => encoding.Text.GetString(Encoding.Latin1.GetBytes(text));

    // Classes of appendix A of the manual; the words are those that people search for.
    private static (ProblemCode Code, string? Words, string Hint) Meaning(string state) => state switch
    {
        "42P07" or "42710" or "42P06" or "42723" or "42P16" or "42701" =>
            (ProblemCode.Stopped, "Relation already exists", "load into an empty database, or take a strategy that makes one"),
        "23505" =>
            (ProblemCode.Stopped, "Duplicate key", "the target holds rows already, or the dump was changed: load into an empty database"),
        "42501" =>
            (ProblemCode.AccessDenied, "Permission denied", "load as a superuser, or as a member of the roles that the dump names as owners"),
        "42704" or "22023" or "28000" =>
            (ProblemCode.Stopped, null, "what the statement names must be there before the load: create the role, tablespace or type first"),
        "58P01" or "0A000" =>
            (ProblemCode.Stopped, null, "an extension must be installed on the server before the load, in the version that the dump needs"),
        "53100" or "53200" =>
            (ProblemCode.Stopped, "No space left on device", "give the volume or the memory of the server more room, then load from the beginning"),
        "53300" =>
            (ProblemCode.Stopped, null, "a smaller --jobs needs fewer connections"),
        "57P01" or "57P02" or "57P03" =>
            (ProblemCode.Unreachable, "Connection refused", Connect),
        ['2', '2', ..] or ['2', '3', ..] =>
            (ProblemCode.Stopped, null, "a row does not fit its table: 'cnpg-restore dumps inspect FILE' tells whether the dump is whole"),
        _ => (ProblemCode.Stopped, null, "the line of the dump shows the statement; the server that wrote the dump may be newer than this one"),
    };
}
