using CnpgRestore.Dumps;

namespace CnpgRestore.Plans.FromDump;

/// <summary>What <c>from-dump</c> asks for.</summary>
public sealed record FromDumpRequest
{
    /// <summary>Full path of a file, or of a folder in directory format.</summary>
    public required string Dump { get; init; }

    /// <summary>Where <see cref="Dump"/> is one.</summary>
    public IDumpPlace Place { get; init; } = LocalDumps.Instance;

    /// <summary>The volume of the cluster that <see cref="Place"/> reads, as a run writes it down; null on this machine.</summary>
    public string? Volume { get; init; }

    /// <summary>Of the pod that reads it.</summary>
    public string? Image { get; init; }

    /// <summary>The database that is restored; in a dump of all databases, the one that is taken out of it.</summary>
    public required string Database { get; init; }

    /// <summary>How the server is reached again when the run is resumed; without a password.</summary>
    public required string To { get; init; }

    public LoadStrategy Strategy { get; init; }

    /// <summary>Who loads; null for the fastest that can.</summary>
    public LoadEngine? Engine { get; init; }

    /// <summary>Stop the Cluster's applications first, and start them last.</summary>
    public bool StopApps { get; init; }

    /// <summary>Connections at once, where the engine can use more than one; null: as many as the server has cores.</summary>
    public int? Jobs { get; init; }

    /// <summary>Roles that are missing are created as the dump of all databases has them. Roles that exist are never altered.</summary>
    public bool CreateRoles { get; init; } = true;

    /// <summary>Of a database that is not there yet; null: as the dump says, else <see cref="DefaultOwner"/>.</summary>
    public string? Owner { get; init; }

    /// <summary>Null: whoever loads it.</summary>
    public string? DefaultOwner { get; init; }

    /// <summary>Full path of a file with SQL checks, or null.</summary>
    public string? CheckSql { get; init; }

    /// <summary>What is asked for; else several connections, where there is a database beside: only a load there may be in many transactions at once.</summary>
    public LoadEngine EngineFor(DumpFormat format) => Engine ?? (Strategy == LoadStrategy.Swap && format == DumpFormat.Plain ? LoadEngine.Parallel : LoadEngine.Psql);
}
