using System.Diagnostics;
using System.Globalization;

namespace CnpgRestore.Tests.Fuzz;

/// <summary>
/// Gives a reader damaged inputs. Only <see cref="RestoreException"/>, or what the reader documents, may come out of it, within a second and with little
/// memory. An input follows from the seed of the run and its own number, so each failure can be looked at again.
/// </summary>
/// <param name="reader">Its name, for messages.</param>
/// <param name="seeds">Sound inputs.</param>
sealed class Fuzzer(string reader, IReadOnlyList<byte[]> seeds)
{
    private const long MostMemory = 200L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // A machine may be busy; a reader that goes round in a circle will not end in this time either.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, FuzzFinding> _findings = new(StringComparer.Ordinal);
    private volatile int _number;

    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>Exceptions that the reader documents besides <see cref="RestoreException"/>.</summary>
    public IReadOnlyList<Type> Documented { get; init; } = [];

    /// <summary>In bytes.</summary>
    public int LargestInput { get; init; } = 32 << 10;

    public void Run(Func<byte[], Task> read) => Run(input =>
    {
#pragma warning disable VSTHRD002 // On a thread of its own.
        read(input).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    });

    public void Run(Action<byte[]> read)
    {
        var thread = new Thread(() => ReadAll(read)) { IsBackground = true };
        thread.Start();
        for (var seen = -1; !thread.Join(Patience); seen = _number)
        {
            Assert.True(_number != seen, $"{reader} does not come back from input {_number}; {Again(_number)}");
        }

        Assert.True(_findings.Count == 0, string.Join("\n\n", _findings.Values.Select(finding => $"{reader}: {finding}\n{Again(finding.Number)}")));
    }

    private static string Again(int number) => $"the same input again: FUZZ_SEED={FuzzSettings.Seed} FUZZ_INPUT={number} make fuzz";

    private void ReadAll(Action<byte[]> read)
    {
        var damage = new Damage(seeds, Tokens, LargestInput);
        var (first, end) = FuzzSettings.Only is { } only ? (only, only + 1) : (0, FuzzSettings.Inputs);
        for (_number = first; _number < end; _number++)
        {
            // The sound ones first.
            var input = _number < seeds.Count ? seeds[_number] : damage.Next(new Random(unchecked((FuzzSettings.Seed * 1_000_003) + _number)));
            if (Judge(read, input) is { } fault && !_findings.ContainsKey(fault.Place))
            {
                _findings[fault.Place] = new FuzzFinding(_number, fault.What, FuzzFinding.Shrink(input, candidate => Judge(read, candidate)?.Place == fault.Place));
            }
        }
    }

    /// <summary>Null where all is well; else what is wrong, and where, by which two findings are the same.</summary>
    private (string Place, string What)? Judge(Action<byte[]> read, byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        if (Fault(read, input) is { } fault)
        {
            return (FuzzFinding.PlaceOf(fault), fault.ToString());
        }

        var took = watch.Elapsed;
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        if (used > MostMemory)
        {
            return ("memory", $"allocates {used >> 20} MiB");
        }

        if (took > Longest)
        {
            // Again, without the time in which something else had the processor.
            var start = ProcessorTime();
            Fault(read, input);
            took = ProcessorTime() - start;
        }

        return took > Longest ? ("time", $"takes {took.TotalSeconds:0.0} s of processor time") : null;
    }

    /// <summary>Of this thread; in nanoseconds the first number of the file (Documentation/scheduler/sched-stats.rst).</summary>
    private static TimeSpan ProcessorTime() =>
        TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1000);

    private Exception? Fault(Action<byte[]> read, byte[] input)
    {
        try
        {
            read(input);
            return null;
        }
#pragma warning disable CA1031 // Any other exception is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e is RestoreException || Documented.Any(type => type.IsInstanceOfType(e)) ? null : e;
        }
    }
}
