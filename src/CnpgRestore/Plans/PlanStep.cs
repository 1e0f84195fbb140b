namespace CnpgRestore.Plans;

/// <summary>One step as a person reads it before it runs. The texts are whole clauses without a final stop.</summary>
/// <param name="Id">Stable name in journals and JSON: <c>copy-data</c>.</param>
/// <param name="Reads">What the step looks at.</param>
/// <param name="Changes">What the step changes; <c>nothing</c> where it only looks.</param>
/// <param name="Undo">How to take it back.</param>
public sealed record PlanStep(string Id, string Title, string Reads, string Changes, string Undo)
{
    /// <summary>Removes something that cannot be made again from what remains.</summary>
    public bool Destructive { get; init; }
}
