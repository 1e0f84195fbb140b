namespace CnpgRestore.Dumps.Folder;

/// <summary>How a dump of a folder fits the database that is asked for.</summary>
public enum DumpFit
{
    /// <summary>It is whole, and of the database, or of it among others.</summary>
    Holds,

    /// <summary>It is not whole, or cannot be read.</summary>
    Broken,

    /// <summary>What is in it, or its name, says that it is of something else.</summary>
    OfAnother,

    /// <summary>Nothing tells what it is of, and the folder holds dumps of several things.</summary>
    Unclear,
}
