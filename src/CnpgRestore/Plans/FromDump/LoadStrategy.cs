namespace CnpgRestore.Plans.FromDump;

/// <summary>How a dump meets the database that is there.</summary>
public enum LoadStrategy
{
    /// <summary>Into a new database beside it; when it is proven, the names are swapped. The former one stays until the run is committed.</summary>
    Swap,

    /// <summary>Into the database itself, in one transaction: what the dump drops is dropped, and made again. There is no way back.</summary>
    Clean,

    /// <summary>Into the database itself, in one transaction, beside what is there.</summary>
    Append,
}
