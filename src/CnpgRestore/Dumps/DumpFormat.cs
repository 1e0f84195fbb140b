namespace CnpgRestore.Dumps;

/// <summary>What a dump is, by its content; names lie.</summary>
public enum DumpFormat
{
    /// <summary>SQL for psql, by pg_dump or pg_dumpall.</summary>
    Plain,

    /// <summary>pg_dump -Fc, for pg_restore.</summary>
    Custom,

    /// <summary>pg_dump -Fd: a folder with a toc.dat.</summary>
    Directory,

    /// <summary>pg_dump -Ft.</summary>
    Tar,

    /// <summary>Nothing is in it.</summary>
    Empty,

    /// <summary>Something else.</summary>
    Unknown,
}
