namespace CnpgRestore.Plans.Advice;

/// <summary>A load of a dump that this machine did before: what the next one of its kind will take.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="Dump">Path, whose ending tells how it was packed: <c>/mnt/nfs/postgres/last/app-20261102-030000.sql.gz</c>.</param>
/// <param name="Stored">The dump as it lies there.</param>
public sealed record PastLoad(DateTimeOffset Time, string Dump, ByteSize Stored, TimeSpan Took)
{
    /// <summary>What is shorter or smaller measures the start of programs.</summary>
    internal static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    internal static readonly ByteSize Smallest = new(1 << 20);

    public double StoredPerSecond => Stored.Bytes / Took.TotalSeconds;

    public bool TellsOf(string dump) => Took >= Shortest && Stored.CompareTo(Smallest) >= 0 && Path.GetExtension(Dump) == Path.GetExtension(dump);
}
