namespace CnpgRestore.Plans.Advice;

/// <summary>What does not come back: at most everything that was committed between two moments.</summary>
public sealed record Loss(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Time => To - From;

    /// <summary>Between what is there and what is wanted.</summary>
    public static Loss Of(DateTimeOffset upTo, DateTimeOffset wanted) => new(upTo < wanted ? upTo : wanted, wanted);
}
