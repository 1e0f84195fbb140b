namespace CnpgRestore.CliTests.Kills;

/// <summary>A moment of a run at which it is killed, by a line of its journal or of what it shows: exact on a slow machine and on a fast one.</summary>
/// <param name="Step">For people; null where it is no step.</param>
/// <param name="Name">For people.</param>
/// <param name="Words">What the line holds.</param>
/// <param name="When">Before or after the line is there; see kill-at.c.</param>
sealed record KillMoment(string? Step, string Name, IReadOnlyList<string> Words, string When)
{
    private const string Written = "written";
    private const string Unwritten = "unwritten";

    /// <summary>How long the run goes on after that moment.</summary>
    public TimeSpan Later { get; init; }

    /// <summary>The journal says that the step begins, and nothing of it is done.</summary>
    public static KillMoment Begun(string step) => new(step, "begun", ["\"type\":\"step_started\"", $"\"step\":\"{step}\""], Written);

    /// <summary>The step is done, and the journal does not know it.</summary>
    public static KillMoment Done(string step) => new(step, "done", ["\"type\":\"step_finished\"", $"\"step\":\"{step}\""], Unwritten);

    /// <summary>The step is done, and the journal says so.</summary>
    public static KillMoment Recorded(string step) => new(step, "recorded", ["\"type\":\"step_finished\"", $"\"step\":\"{step}\""], Written);

    /// <summary>Where there is no journal: the phase before has ended, and its own line is not shown yet.</summary>
    public static KillMoment Shown(string phase, string words) => new(phase, "begins", [words], "shown");

    /// <summary>A line of another kind, and a while.</summary>
    public static KillMoment On(string word, TimeSpan later) => new(null, word, [word], Written) { Later = later };

    /// <summary>Before each step, after it, and in between, where the journal does not know yet; in the order of a run.</summary>
    public static IEnumerable<KillMoment> Of(IEnumerable<string> steps) => steps.SelectMany(step => (KillMoment[])[Begun(step), Done(step), Recorded(step)]);

    public override string ToString() => $"{Step} {Name}".Trim();
}
