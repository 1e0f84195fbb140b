using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Databases;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli;

/// <summary>Which PostgreSQL, as libpq asks for it.</summary>
sealed class ServerOptions(bool required)
{
    private readonly Option<string?> _to = new("--to")
    {
        Description = "The server and the database, as psql takes them: postgres://user@host:port/db?sslmode=... The password comes from PGPASSWORD or ~/.pgpass.",
        HelpName = "postgres://...",
        Required = required,
    };

    public void AddTo(Command command) => command.Options.Add(_to);

    public bool IsGiven(ParseResult parse) => parse.GetValue(_to) is not null;

    /// <summary>As given, checked; null where it is not. A run of a Cluster names it as <c>cnpg://NAMESPACE/CLUSTER</c>.</summary>
    public string? Address(ParseResult parse, CliSession session) =>
        parse.GetValue(_to) is { } text && text.StartsWith(ClusterServer.Scheme, StringComparison.Ordinal) ? text : IsGiven(parse) ? Read(parse, session).ToString() : null;

    public bool IsIn(System.CommandLine.Parsing.CommandResult result) => result.GetResult(_to) is not null;

    /// <summary>The database that the URL names.</summary>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Usage"/>: no URL.</exception>
    public string Database(ParseResult parse) => ServerUrl.Parse(parse.GetValue(_to)!).Database;

    /// <exception cref="RestoreException"><see cref="ProblemCode.Usage"/>: no URL.</exception>
    public ServerUrl Read(ParseResult parse, CliSession session)
    {
        var url = ServerUrl.Parse(parse.GetValue(_to)!);
        if (url.Password is not null)
        {
            session.Progress.Line("warning: the password in --to is visible to everybody who lists the processes of this machine; use PGPASSWORD or ~/.pgpass");
        }

        return url;
    }
}
