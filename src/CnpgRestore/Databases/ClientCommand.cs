namespace CnpgRestore.Databases;

/// <summary>A client program of PostgreSQL and what it is started with; how it connects is not part of it.</summary>
/// <param name="Program"><c>psql</c> or <c>pg_restore</c>.</param>
/// <param name="Database">Set as <c>PGDATABASE</c>.</param>
public sealed record ClientCommand(string Program, string Database, params string[] Arguments)
{
    /// <summary>Shown in <c>pg_stat_activity</c>, so that what a killed run has left can be found.</summary>
    public string ApplicationName { get; init; } = "cnpg-restore";

    /// <summary>Writes what the program reads; its end is the end of the input. A program that ends early breaks the pipe.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    /// <summary>Gets each line that the program prints, in order.</summary>
    public Action<string>? OnLine { get; init; }
}

/// <summary>How a client program ended.</summary>
/// <param name="Errors">All that it wrote to its error stream.</param>
public sealed record ClientResult(int ExitCode, string Errors);
