using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints a problem on stderr as PostgreSQL does, or as restic's <c>exit_error</c> line, and gives the exit code.</summary>
static class ProblemOutput
{
    public static int Write(ParseResult parse, Problem problem)
    {
        // The detail of several problems has their hints in it.
        problem = problem with { Detail = HintCommands.Complete(problem.Detail, parse), Hint = HintCommands.Complete(problem.Hint, parse) };
        if (GlobalOptions.Lenient(parse, GlobalOptions.Output) == OutputFormat.Text)
        {
            WriteText(parse, problem);
        }
        else
        {
            var message = new ExitError("exit_error", (int)problem.Code, problem.Message, problem.Detail, problem.Hint);
            Console.Error.WriteLine(JsonSerializer.Serialize(message, CliJson.Readable.ExitError));
        }

        return (int)problem.Code;
    }

    public static int WriteBug(ParseResult parse, Exception exception) => Write(parse, new Problem(
        ProblemCode.Bug,
        $"{exception.GetType().Name}: {exception.Message}",
        exception.StackTrace,
        "this is a defect of cnpg-restore; nothing is deleted before it is proven, so the same command may be run again"));

    private static void WriteText(ParseResult parse, Problem problem)
    {
        var console = CliSession.CreateConsole(Console.Error, GlobalOptions.Lenient(parse, GlobalOptions.Color), Console.IsErrorRedirected);
        console.DoNotFold(); // A command in a hint must stay one line to be copied.
        console.Write(new Markup("[red]error:[/]  "));
        console.Line(problem.Message);
        if (problem.Detail is { } detail)
        {
            console.Write(new Markup("[yellow]detail:[/] "));
            console.Line(detail);
        }

        if (problem.Hint is { } hint)
        {
            console.Write(new Markup("[green]hint:[/]   "));
            console.Line(hint);
        }
    }
}
