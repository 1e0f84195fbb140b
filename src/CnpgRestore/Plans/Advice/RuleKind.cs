namespace CnpgRestore.Plans.Advice;

/// <summary>What a sentence of the runbook is.</summary>
public enum RuleKind
{
    /// <summary>A line of "When to Use Each Method": where it holds, it speaks for the way.</summary>
    UseWhen,

    /// <summary>A line of "Prerequisites": where it does not hold, the way is hampered or closed.</summary>
    Prerequisite,
}
