namespace CnpgRestore.Plans;

/// <summary>What the two folders of a move look like before it starts or goes on.</summary>
public enum MoveState
{
    /// <summary>The target does not exist.</summary>
    Fresh,

    /// <summary>Everything in the target is also in the source, alike: an interrupted copy of it.</summary>
    PartlyCopied,

    /// <summary>Everything left in the source, if anything, is also in the target, alike: the copy is done, and the removal had begun.</summary>
    PartlyRemoved,
}
