using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>A statement that sorts a table into a B-tree: an index, a primary or a unique key.</summary>
static class BTreeBuild
{
    private const long LeastMemory = 16 << 20;

    // Of each run while runs are merged (MERGE_BUFFER_SIZE, src/backend/utils/sort/tuplesort.c).
    private const double MergeBuffer = 256 << 10;

    /// <summary>The table that is sorted; null for every other statement.</summary>
    public static QualifiedName? TableOf(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (words.Accept("CREATE"))
        {
            if (ObjectKind.Read(ref words) != "INDEX" || words.Identifier() is null || !words.Accept("ON"))
            {
                return null;
            }

            words.Accept("ONLY");
            return words.Name() is { } indexed && words.Accept("USING", "BTREE") ? indexed : null;
        }

        if (!words.Accept("ALTER", "TABLE"))
        {
            return null;
        }

        words.Accept("ONLY");
        return words.Name() is { } table && words.Accept("ADD", "CONSTRAINT") && words.Identifier() is not null && (words.Accept("PRIMARY", "KEY") || words.Accept("UNIQUE"))
            ? table
            : null;
    }

    /// <summary>
    /// Memory with which the sort is fastest. What it sorts at once should fit into the processor's caches: with 16 MB an index was built in two thirds of
    /// the time that it took with 512 MB. The least that still merges all runs in one pass is the root of what is sorted times a run's buffer; twice that leaves room.
    /// </summary>
    /// <param name="tableBytes">Text of the table in the dump; a key has less.</param>
    public static long SortMemory(long tableBytes) => Math.Max(LeastMemory, (long)(2 * Math.Sqrt(tableBytes * MergeBuffer)));
}

/// <summary>What a session grants a statement that builds an index or checks a key.</summary>
/// <param name="InParallel">The server may take several processes for it. Where the load itself keeps its cores busy, that costs more than it brings.</param>
/// <param name="Memory">In bytes; null for the session's whole share.</param>
readonly record struct BuildAllowance(bool InParallel, long? Memory)
{
    public static BuildAllowance Default { get; } = new(InParallel: true, Memory: null);
}
