namespace CnpgRestore.Plans;

/// <summary>
/// What a changing command will do, as data: the same object is printed by <c>--dry-run</c>, shown before the question, and run. Making and
/// printing a plan only reads.
/// </summary>
/// <param name="Command">The verb: <c>rename</c>.</param>
/// <param name="Subject">What it works on, unique per place: the lock and the search for an unfinished run go by it.</param>
/// <param name="Summary">One sentence with the numbers.</param>
/// <param name="Notes">What a person should know before saying yes.</param>
public sealed record Plan(string Command, string Subject, string Summary, IReadOnlyList<PlanStep> Steps, IReadOnlyList<string> Notes)
{
    public bool IsDestructive => Steps.Any(step => step.Destructive);
}
