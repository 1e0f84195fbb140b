using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Databases;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>load FILE</c>: what the pod of a Job runs whose image has this program. Not for people.</summary>
static class LoadCommand
{
    public static Command Create(TimeProvider clock)
    {
        var file = new Argument<string>("FILE") { Description = "A plain dump, packed or not." };
        var section = new Option<string?>("--section") { Description = "Whose part of a dump of all databases." };
        var application = new Option<string>("--application-name") { Description = "How its sessions are called.", DefaultValueFactory = _ => "cnpg-restore" };
        var jobs = Arg.Count("--jobs", [], "Connections at once.", 1, FromDumpCommand.MostJobs);
        var server = new ServerOptions(required: true);
        var command = new Command(PsqlJob.LoadCommand, $"Load a dump into an empty database. Exit codes: 0 all of it is loaded, {PsqlJob.NotEmpty} the database is not empty, else as from-dump.") { file, section, application, jobs };
        command.Hidden = true;
        server.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var url = server.Read(parse, session);
            await using var opened = new UrlServer(url);
            var load = new LoadInJob(opened, url.Database, parse.GetRequiredValue(application), clock);
            return await load.RunAsync(parse.GetRequiredValue(file), parse.GetValue(section), parse.GetValue(jobs), session.Result.Line, ct);
        });
        return command;
    }
}
