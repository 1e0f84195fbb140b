namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>How bad a finding is; the worst one is the state of the whole.</summary>
public enum Severity
{
    /// <summary>Good to know; nothing is wrong.</summary>
    Note,

    /// <summary>It works today, and the next disaster, or the next day, will be worse for it.</summary>
    Warning,

    /// <summary>Something does not work: no database, no recovery, or no protection.</summary>
    Broken,
}
