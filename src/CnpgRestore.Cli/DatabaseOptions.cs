using System.CommandLine;
using System.CommandLine.Parsing;
using CnpgRestore.Cli.Commands;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Cli;

/// <summary>Which database a command looks at: one of a Cluster, reached as <c>from-dump</c> reaches it, or one of a server at an address.</summary>
sealed class DatabaseOptions
{
    private readonly Argument<string?> _cluster = new("CLUSTER")
    {
        Description = "Cluster whose database is meant, for example postgres-v17. Without superuser access, a temporary superuser role is created and dropped again.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _database = new("--database") { Description = "Database of the server. Default: that of --to, or the application database of CLUSTER.", HelpName = "NAME" };

    private readonly ServerOptions _server = new(required: false);
    private readonly KubernetesOptions _kubernetes = new();

    public bool NamesCluster(CommandResult result) => result.GetValue(_cluster) is not null;

    public void AddTo(Command command)
    {
        command.Arguments.Add(_cluster);
        command.Options.Add(_database);
        _server.AddTo(command);
        _kubernetes.AddTo(command);
        command.Check(result =>
        {
            if (result.GetValue(_cluster) is null == !_server.IsIn(result))
            {
                result.AddError(_server.IsIn(result) ? "name CLUSTER or --to, not both." : $"{command.Name} needs either CLUSTER or --to postgres://...");
            }
        });
    }

    /// <summary>The Kubernetes of CLUSTER, for what else a command reads there.</summary>
    public KubernetesApi Connect(ParseResult parse, CliSession session) => _kubernetes.Connect(parse, session.Clock);

    /// <summary>The Cluster; null where an address is given.</summary>
    public string? Cluster(ParseResult parse) => parse.GetValue(_cluster);

    /// <summary>The database's name, for which a Cluster may have to be asked; the server itself is not reached yet.</summary>
    /// <exception cref="RestoreException">Exit 2: the Cluster names no application database. 10: no such Cluster.</exception>
    public async Task<string> NameAsync(ParseResult parse, CliSession session, CancellationToken ct)
    {
        if (parse.GetValue(_database) is { } given)
        {
            return given;
        }

        if (parse.GetValue(_cluster) is not { } cluster)
        {
            return _server.Database(parse);
        }

        using var api = Connect(parse, session);
        return (await ClusterApplication.FindAsync(api, cluster, isWritten: false, ct))?.Database
            ?? throw ClusterApplication.Missing(cluster, $"cnpg-restore {parse.CommandResult.Command.Name} {cluster} -n {api.Namespace} --database NAME");
    }

    /// <returns>The server, which the caller disposes.</returns>
    /// <exception cref="RestoreException">Exit 10: no such Cluster. 12: not permitted. 13: it has no primary that answers.</exception>
    public async Task<FromDumpServer> OpenAsync(ParseResult parse, CliSession session, CancellationToken ct)
    {
        if (parse.GetValue(_cluster) is not { } cluster)
        {
            return FromDumpServer.At(_server.Read(parse, session));
        }

        using var api = Connect(parse, session);
        return await FromDumpServer.OpenAsync(FromDumpServer.AddressOf(api.Namespace, cluster), session, parse, _kubernetes, ct);
    }
}
