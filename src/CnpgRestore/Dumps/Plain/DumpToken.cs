namespace CnpgRestore.Dumps.Plain;

/// <summary>What a plain SQL dump is made of, in the order of the file.</summary>
public enum DumpToken
{
    /// <summary>A line that begins with <c>--</c>, without its line end.</summary>
    Comment,

    /// <summary>A line for psql, with its backslash and without its line end: <c>\connect app</c>.</summary>
    MetaCommand,

    /// <summary>A statement with its semicolon.</summary>
    Statement,

    /// <summary>Whole lines of the data of the COPY before.</summary>
    CopyData,

    /// <summary>The line <c>\.</c> behind the data.</summary>
    CopyEnd,

    /// <summary>The file ends within a statement or within data: what is left of it.</summary>
    Cut,

    /// <summary>The file ends where a statement may begin.</summary>
    End,
}
