namespace CnpgRestore.Runs;

/// <summary>How far a step is. Written by many tasks, polled by whoever shows it; zero totals mean that the end is not known.</summary>
public sealed class StepMeter
{
    private long _objects;
    private long _bytes;

    public long TotalObjects { get; set; }

    public long TotalBytes { get; set; }

    /// <summary>What is counted, in the plural.</summary>
    public string Unit { get; set; } = "objects";

    /// <summary>What is being waited for or worked on; null where numbers say it all.</summary>
    public string? Note { get; set; }

    public long Objects => Interlocked.Read(ref _objects);

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(long objects, long bytes)
    {
        Interlocked.Add(ref _objects, objects);
        Interlocked.Add(ref _bytes, bytes);
    }
}
