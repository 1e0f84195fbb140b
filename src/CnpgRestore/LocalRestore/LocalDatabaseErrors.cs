using Npgsql;

namespace CnpgRestore.LocalRestore;

/// <summary>Why the recovered PostgreSQL does not give a connection, in the words of this program.</summary>
static class LocalDatabaseErrors
{
    /// <summary>SQLSTATE class 28, invalid authorization specification (PostgreSQL manual, appendix A).</summary>
    private const string InvalidAuthorization = "28";

    /// <summary>
    /// The database was made with a locale that this machine does not have. PostgreSQL gives it no SQLSTATE of its own (CheckMyDatabase in
    /// src/backend/utils/init/postinit.c); the drill's speaks English.
    /// </summary>
    public static bool IsMissingLocale(PostgresException e) => e.MessageText == "database locale is incompatible with operating system";

    public static Problem Of(NpgsqlException e, string user) => e switch
    {
        PostgresException answer when answer.SqlState.StartsWith(InvalidAuthorization, StringComparison.Ordinal) => new Problem(
            ProblemCode.AccessDenied, $"the recovered database does not let {user} in", answer.MessageText, "add --pg-user NAME, with a superuser of the original server"),
        PostgresException answer when IsMissingLocale(answer) => new Problem(
            ProblemCode.Refused,
            "the recovered database needs a locale that this machine does not have",
            answer.Detail ?? answer.MessageText,
            $"generate it as root (Debian: apt-get install locales), then run the same command again: {Localedef(answer.Detail)}"),
        PostgresException answer => new Problem(
            ProblemCode.Stopped,
            $"the recovered PostgreSQL refuses: {answer.MessageText}",
            answer.Detail is null ? $"SQLSTATE {answer.SqlState}" : $"SQLSTATE {answer.SqlState}: {answer.Detail}",
            answer.Hint),
        _ => new Problem(
            ProblemCode.Stopped,
            "the recovered PostgreSQL does not answer",
            e.InnerException is { } inner ? $"{e.Message}: {inner.Message}" : e.Message,
            "run the same command again; if it stays so, look at the machine's memory and disk"),
    };

    /// <summary><c>localedef -i de_DE -f UTF-8 de_DE.UTF-8</c>, with the name that PostgreSQL puts between quotes.</summary>
    private static string Localedef(string? detail)
    {
        var name = detail?.Split('"') is [_, var quoted, ..] ? quoted : "de_DE.UTF-8";
        return name.Split('.') is [var language, var encoding] ? $"localedef -i {language} -f {encoding} {name}" : $"localedef -i {name} -f UTF-8 {name}";
    }
}
