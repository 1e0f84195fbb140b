namespace CnpgRestore.Plans.Advice;

/// <summary>What only a person can know about a restore.</summary>
public enum Wish
{
    /// <summary>The data is to be looked at or changed before it is used.</summary>
    Inspect,

    /// <summary>The new Cluster is to be another one: major version, encoding, locale, names.</summary>
    Migrate,
}
