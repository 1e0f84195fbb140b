using System.Collections.Concurrent;
using CnpgRestore.Plans;
using CnpgRestore.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CnpgRestore.Cli.Output;

/// <summary>One bar per step on stderr, redrawn in place.</summary>
sealed class TerminalObserver : IRunObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CliSession _session;
    private readonly ProgressContext _context;
    private readonly ConcurrentDictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StepRate> _rates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, Func<string>> _lines;

    private TerminalObserver(CliSession session, ProgressContext context, ConcurrentDictionary<int, Func<string>> lines)
    {
        _session = session;
        _context = context;
        _lines = lines;
    }

    public static async Task<T> RunAsync<T>(CliSession session, Func<IRunObserver, Task<T>> work)
    {
        var lines = new ConcurrentDictionary<int, Func<string>>();
        return await session.Progress.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new LineColumn(lines))
            .StartAsync(async context =>
            {
                var observer = new TerminalObserver(session, context, lines);
                await using var timer = session.Clock.CreateTimer(_ => observer.Refresh(), null, Interval, Interval);
                return await work(observer);
            });
    }

    public void OnStepStarted(PlanStep step, StepMeter meter)
    {
        var task = _context.AddTask(Markup.Escape(step.Title), maxValue: 1);
        task.IsIndeterminate = true;
        var rate = new StepRate(meter, _session.Clock);
        _rates[step.Id] = rate;
        _lines[task.Id] = rate.ToString;
        _tasks[step.Id] = task;
    }

    public void OnStepFinished(PlanStep step, string outcome)
    {
        if (_tasks.TryRemove(step.Id, out var task))
        {
            task.IsIndeterminate = false;
            _lines[task.Id] = () => outcome;
            task.Value = task.MaxValue;
            task.StopTask();
        }
    }

    public void OnDetail(string text)
    {
        if (_session.Verbose)
        {
            _session.Progress.WriteLine(text);
        }
    }

    public void OnWarning(string text) => _session.Progress.WriteLine($"warning: {text}");

    private void Refresh()
    {
        foreach (var (step, task) in _tasks)
        {
            if (_rates.TryGetValue(step, out var rate) && rate.Fraction is { } fraction)
            {
                task.IsIndeterminate = false;
                task.Value = fraction;
            }
        }
    }

    private sealed class LineColumn(ConcurrentDictionary<int, Func<string>> lines) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(lines.TryGetValue(task.Id, out var line) ? line() : "") { Overflow = Overflow.Ellipsis };
    }
}
