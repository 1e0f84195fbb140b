using CnpgRestore.Plans.Advice;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints what <c>advise</c> says on one screen: the recommendation, why, the two ways side by side, the commands.</summary>
static class AdviceOutput
{
    public static void Write(CliSession session, AdviceAnswer answer)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, AdviceDocument.From(answer), CliJson.Readable.AdviceDocument);
            return;
        }

        WriteHead(session, answer);
        WriteReasons(session, answer);
        session.Result.WriteLine();
        session.Result.Rows(Table(answer));
        foreach (var way in Open(answer).Where(way => way.Estimate is not null))
        {
            session.Result.Line($"{AdviceDocument.Word(way.Way),-11} {way.Estimate!.Derivation}");
        }

        session.Result.WriteLine();
        foreach (var (what, line) in AdviceSightText.Of(answer.View))
        {
            session.Result.Line($"{what,-11} {line}");
        }

        WriteCommands(session, answer);
    }

    private static void WriteHead(CliSession session, AdviceAnswer answer)
    {
        var view = answer.View;
        if (view.NeedsNoRestore)
        {
            session.Result.Line($"Nothing seems to need a restore: cluster {view.Request.Cluster} is healthy.");
            session.Result.Line("To undo a mistake, ask with the moment before it. from-backup takes the whole Cluster back; from-dump one database, and can be undone.");
            session.Result.Line($"  {view.AskedWithMoment}");
        }

        if (answer.Recommended is not { } way)
        {
            session.Result.Write(new Markup(answer.IsKnown ? "[red]No way is open.[/]\n" : "[yellow]No way is known to be open: not all could be looked at.[/]\n"));
            return;
        }

        session.Result.Write(new Markup($"[bold]{(view.NeedsNoRestore ? "If it must be restored" : "Recommended")}: {AdviceDocument.Word(way.Way)}[/]"));
        session.Result.Line(way.Estimate is { } estimate ? $", in about {Spoken.Duration(estimate.Time)}. {Lost(way, view)}" : $". {Lost(way, view)}");
        session.Result.Line($"because  {answer.Reason}");
    }

    private static string Lost(WayAdvice way, AdviceView view) => way.Loss is not { Time.TotalSeconds: >= 1 } loss
        ? $"Everything up to {Spoken.Time(view.Wanted)} comes back."
        : $"Lost is at most what was committed from {Spoken.Time(loss.From)} to {Spoken.Time(loss.To)} ({Spoken.Duration(loss.Time)}).";

    private static void WriteReasons(CliSession session, AdviceAnswer answer)
    {
        foreach (var (rule, verdict) in answer.Rules.Where(judged => session.Verbose || Matters(judged, answer)))
        {
            session.Result.Line($"  {(verdict.Holds switch { true => "yes", false => "no ", null => "?  " })}  {rule.Sentence}: {verdict.Evidence}");
        }

        if (answer.View.Lineage is { } choice && answer.Bucket.IsPossible == true)
        {
            session.Result.Line($"  lineage {choice.Lineage.ToString().ToLowerInvariant()}: {choice.Reason}; from {choice.Source}/ to {choice.Archive}/");
        }

        foreach (var way in Open(answer))
        {
            foreach (var obstacle in way.Obstacles)
            {
                Mark(session, "[red]first:[/]   ", $"{obstacle.Message}: {session.Complete(obstacle.Hint ?? obstacle.Detail ?? "")}");
            }

            foreach (var warning in way.Warnings)
            {
                Mark(session, "[yellow]warning:[/] ", $"{AdviceDocument.Word(way.Way)}: {warning}");
            }
        }
    }

    /// <summary>What speaks for a way that is open, or for leaving the other; and what hampers.</summary>
    private static bool Matters(JudgedRule judged, AdviceAnswer answer) => judged.Rule.Kind == RuleKind.UseWhen
        ? judged.Verdict.Holds == true
        : judged.Verdict.Holds == false && (answer.Recommended is null || judged.Rule.Way == answer.Recommended.Way);

    private static Table Table(AdviceAnswer answer)
    {
        var table = new Table().NoBorder();
        foreach (var title in (IEnumerable<string>)["WAY", "OPEN", "BRINGS BACK UP TO", "LOST AT MOST", "TAKES ABOUT"])
        {
            table.AddColumn(new TableColumn(title) { NoWrap = true });
        }

        foreach (var way in (IEnumerable<WayAdvice>)[answer.Bucket, answer.Dump])
        {
            table.AddRow(
                AdviceDocument.Word(way.Way),
                way.IsPossible switch { true => "yes", false => "no", null => "?" },
                way.Loss is { } loss ? Spoken.Time(loss.From) : "-",
                way.Loss is { } lost ? Spoken.Duration(lost.Time) : "-",
                way.Estimate is { } estimate ? Spoken.Duration(estimate.Time) : "-");
        }

        return table;
    }

    private static void WriteCommands(CliSession session, AdviceAnswer answer)
    {
        foreach (var way in Open(answer))
        {
            session.Result.WriteLine();
            session.Result.Line(way == answer.Recommended ? "Do this:" : $"Or {AdviceDocument.Word(way.Way)}:");
            foreach (var command in way.Commands)
            {
                session.Result.Line($"  # {command.Purpose}");
                session.Result.Line($"  {command.Command}");
            }
        }

        if (answer.Recommended is null)
        {
            session.Result.WriteLine();
            foreach (var hint in new[] { answer.Bucket.Problem, answer.Dump.Problem, answer.View.Kubernetes.Problem }.OfType<Problem>().Where(problem => problem.Hint is not null))
            {
                Mark(session, "[green]hint:[/] ", $"{hint.Message}: {session.Complete(hint.Hint!)}");
            }
        }
    }

    private static IEnumerable<WayAdvice> Open(AdviceAnswer answer) => new[] { answer.Recommended, answer.RunnerUp }.OfType<WayAdvice>();

    private static void Mark(CliSession session, string mark, string text)
    {
        session.Result.Write(new Markup(mark));
        session.Result.Line(text);
    }
}
