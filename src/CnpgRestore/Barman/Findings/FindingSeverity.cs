namespace CnpgRestore.Barman.Findings;

public enum FindingSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>Something was lost, or will surprise a recovery.</summary>
    Warning,

    /// <summary>A recovery that does not know this fails, or loses data without saying so.</summary>
    Error,
}
