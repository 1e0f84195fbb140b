using System.CommandLine;
using CnpgRestore.LocalRestore;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>wal-fetch SOCKET NAME PATH</c>: PostgreSQL's restore_command during a drill. Not for people.</summary>
static class WalFetchCommand
{
    public const string Name = "wal-fetch";

    public static Command Create()
    {
        var socket = new Argument<string>("SOCKET") { Description = "Where the running drill listens." };
        var name = new Argument<string>("NAME") { Description = "WAL file that PostgreSQL asks for (%f)." };
        var path = new Argument<string>("PATH") { Description = "Where it wants the file (%p)." };
        var command = new Command(Name, "Fetch one WAL file from a running drill. Exit codes: 0 delivered, 1 not in the archive, 255 cannot be had.")
        {
            socket, name, path,
        };
        command.Hidden = true;
        command.SetAction((parse, ct) => WalFetch.RunAsync(parse.GetRequiredValue(socket), parse.GetRequiredValue(name), parse.GetRequiredValue(path), ct));
        return command;
    }

    /// <summary>How to run this command: this binary, or the runtime with our assembly.</summary>
    public static IReadOnlyList<string> ProgramAndArguments()
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileName(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0], Name] : [program, Name];
    }
}
