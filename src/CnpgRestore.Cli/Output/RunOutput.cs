using CnpgRestore.Plans;
using CnpgRestore.Runs;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>Chooses how a run is shown, shows its plan, and asks.</summary>
static class RunOutput
{
    public static async Task<T> RunAsync<T>(CliSession session, Func<IRunObserver, Task<T>> work)
    {
        if (session.Format != OutputFormat.Text)
        {
            using var json = new DocumentObserver(session);
            return await work(json);
        }

        if (session.IsTerminal && !session.Quiet)
        {
            return await TerminalObserver.RunAsync(session, work);
        }

        using var lines = new LineObserver(session);
        return await work(lines);
    }

    /// <summary>The plan itself: a result for <c>--dry-run</c>, else what is asked about.</summary>
    public static void ShowPlan(CliSession session, Plan plan, bool isResult)
    {
        if (session.Format != OutputFormat.Text)
        {
            var steps = plan.Steps.Select((step, index) => new PlanStepMessage(index + 1, step.Id, step.Title, step.Reads, step.Changes, session.Complete(step.Undo), step.Destructive));
            var message = new PlanMessage("plan", plan.Command, plan.Subject, plan.Summary, [.. steps], plan.Notes);
            DocumentOutput.Write(session, message, CliJson.Readable.PlanMessage);
            return;
        }

        // Nobody is asked about what he has not seen.
        if (session.Quiet && !isResult && (session.Yes || !session.MayAsk))
        {
            return;
        }

        var console = isResult ? session.Result : session.Progress;
        console.Line(plan.Summary);
        var number = 0;
        foreach (var step in plan.Steps)
        {
            console.Write(new Markup($"  {++number}. {Markup.Escape(step.Title)}{(step.Destructive ? " [red](removes data)[/]" : "")}\n"));
            if (isResult || session.Verbose)
            {
                console.Line($"     reads {step.Reads}; changes: {step.Changes}; undo: {session.Complete(step.Undo)}");
            }
        }

        foreach (var note in plan.Notes)
        {
            console.Write(new Markup("[yellow]note:[/] "));
            console.Line(note);
        }
    }

    /// <summary>Returns when the answer is yes. A plan that removes data wants its object's name typed, so that no habit answers for the mind.</summary>
    /// <exception cref="RestoreException">Exit 15: the answer is no, or nobody is there to give one.</exception>
    /// <param name="name">What has to be typed.</param>
    /// <param name="what">What bears that name and goes: <c>folder that is removed</c>.</param>
    public static async Task ConfirmAsync(CliSession session, Plan plan, string name, string what, CancellationToken ct)
    {
        if (session.Yes)
        {
            return;
        }

        if (!session.MayAsk)
        {
            throw new RestoreException(
                ProblemCode.Refused, "the plan is not confirmed; nothing was changed", session.NoInput ? "--no-input forbids to ask" : "there is no terminal to ask on", "add --yes to run it, or --dry-run to look at it");
        }

        var question = plan.IsDestructive ? $"Type the name of the {what} ({name}) to continue: " : "Continue? [y/N] ";
        session.Progress.Write(new Text(question));
        string? answer = null;
        try
        {
            answer = await Task.Run(Console.In.ReadLine, ct).WaitAsync(ct);
        }
        finally
        {
            if (answer is null)
            {
                // Ctrl-C and Ctrl-D leave the cursor behind the question.
                session.Progress.WriteLine();
            }
        }

        var accepted = plan.IsDestructive ? answer?.Trim() == name : answer?.Trim() is "y" or "Y" or "yes";
        if (!accepted)
        {
            throw new RestoreException(ProblemCode.Refused, "not confirmed; nothing was changed");
        }
    }
}
