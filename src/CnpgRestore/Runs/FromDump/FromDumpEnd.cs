using CnpgRestore.Plans;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.FromDump;

/// <summary>How a run of from-dump ends for good, looked at and decided: the one step that takes it back or makes it final, and what there is then.</summary>
/// <param name="Command"><c>undo</c> or <c>commit</c>.</param>
/// <param name="Step">Null where nothing is left to be done.</param>
/// <param name="Result">What there is afterwards, as one clause.</param>
public sealed record FromDumpEnd(FromDumpDecision Decision, string Command, string Address, PlanStep? Step, string Result, IReadOnlyList<string> Notes)
{
    /// <summary>Does the step and tells what was achieved.</summary>
    internal Func<CancellationToken, Task<string>>? Work { get; init; }

    public Plan ToPlan()
    {
        var aim = Command == FromDumpUndo.Commit ? $"make run {Decision.Run} final" : $"take run {Decision.Run} back";
        return new Plan(
            Command,
            FromDumpPlan.SubjectOf(Decision.Database, Decision.SystemIdentifier),
            Step is null ? Result : $"{aim}: {Step.Title}, on {Address}",
            Step is null ? [] : [Step],
            Notes);
    }
}
