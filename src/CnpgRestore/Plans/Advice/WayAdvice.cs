namespace CnpgRestore.Plans.Advice;

/// <summary>What can be said of one way.</summary>
/// <param name="IsPossible">Null where it was not looked at, or not to its end.</param>
/// <param name="Why">One clause.</param>
public sealed record WayAdvice(Way Way, bool? IsPossible, string Why)
{
    /// <summary>What is in the way, where something is: what could not be reached, read or found.</summary>
    public Problem? Problem { get; init; }

    public Loss? Loss { get; init; }

    public Estimate? Estimate { get; init; }

    /// <summary>To be changed first.</summary>
    public IReadOnlyList<Problem> Obstacles { get; init; } = [];

    /// <summary>To be known first.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<AdvisedCommand> Commands { get; init; } = [];
}

/// <param name="Purpose">Why it is run, as one clause.</param>
public sealed record AdvisedCommand(string Purpose, string Command);
