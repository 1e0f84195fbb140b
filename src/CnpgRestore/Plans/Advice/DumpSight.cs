using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Plans.Advice;

/// <summary>What the folder of dumps says.</summary>
public sealed record DumpSight
{
    /// <summary>Why it was not looked into; null where it was.</summary>
    public string? NotAsked { get; init; }

    /// <summary>What ended the look; null where nothing did.</summary>
    public Problem? Problem { get; init; }

    public string? Path { get; init; }

    /// <summary>The database that was looked for; null: any.</summary>
    public string? Database { get; init; }

    /// <summary>How many dumps are there.</summary>
    public int Count { get; init; }

    /// <summary>The newest one that is not known to be broken, made before the moment that is asked for; null where there is none.</summary>
    public KeptDump? Chosen { get; init; }

    /// <summary>Null where it was not read to its end in time.</summary>
    public DumpInspection? Inspection { get; init; }

    /// <summary>It is the one that from-dump takes by itself.</summary>
    public bool IsLatest { get; init; }

    /// <summary>Newer dumps and why they are not taken.</summary>
    public IReadOnlyList<SkippedDump> Skipped { get; init; } = [];

    public TransferRate? Rate { get; init; }

    /// <summary>Loads of this machine before, newest first.</summary>
    public IReadOnlyList<PastLoad> PastLoads { get; init; } = [];

    /// <summary>Read to its last line.</summary>
    public bool IsProven => Inspection is { State: DumpState.Complete };

    /// <summary>Of SQL: counted where it was read, else told from its first megabytes; null for an archive that was not.</summary>
    public ByteSize? Text => Inspection is { IsComplete: true } read ? read.TextSize
        : Chosen?.File is { Format: DumpFormat.Plain } file && Rate is { } rate ? new ByteSize((long)(file.Size.Bytes * rate.Expansion))
        : null;
}

/// <param name="Reason">One clause.</param>
/// <param name="IsLater">It was made after the moment that is asked for; nothing need be wrong with it.</param>
public sealed record SkippedDump(string Name, DateTimeOffset Time, string Reason, bool IsLater);
