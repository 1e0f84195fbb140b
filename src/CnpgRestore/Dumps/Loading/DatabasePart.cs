using CnpgRestore.Dumps.Plain;
using static System.FormattableString;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Finds one database's part of a dump: what pg_dump wrote for it, within a file of pg_dumpall or alone.</summary>
sealed class DatabasePart(string? database)
{
    private readonly List<string> _connects = [];
    private bool _isCluster;
    private bool _isClusterOver;

    /// <summary>Written by pg_dump, whose order is known; a script of somebody else may rely on any order.</summary>
    public bool IsByPgDump { get; private set; }

    /// <summary>Its last line has been read.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether a statement here belongs to the database.</summary>
    public bool IsHere => _isCluster ? Current == database : Current is null || database is null || Current == database;

    /// <summary>Whether a statement here belongs to no database: roles and tablespaces.</summary>
    public bool IsGlobal => _isCluster && Current is null;

    /// <summary>Nothing behind this place belongs to the database.</summary>
    public bool IsOver => _isCluster && IsComplete;

    private string? Current => _connects.LastOrDefault();

    public void SeeComment(string comment)
    {
        switch (comment)
        {
            case DumpMarks.ClusterStart when database is null:
                throw new RestoreException(ProblemCode.Usage, "The dump holds several databases", "it was written by pg_dumpall", "name the one to load with --database");
            case DumpMarks.ClusterStart:
                _isCluster = true;
                break;
            case DumpMarks.ClusterEnd:
                _isClusterOver = true;
                break;
            case DumpMarks.DumpStart:
                // Behind what pg_dumpall -g has written stands a dump of one database.
                _isCluster &= !_isClusterOver;
                IsByPgDump = true;
                break;
            case DumpMarks.DumpEnd:
                IsComplete |= IsHere;
                break;
        }
    }

    /// <param name="line">A line for psql; every one that changes what the following lines mean must be understood.</param>
    public void SeeMetaCommand(string line, long number)
    {
        if (PsqlConnect.TryParse(line) is { } connected)
        {
            _connects.Add(connected);
            if (database is null && _connects.Distinct(StringComparer.Ordinal).Count() > 1)
            {
                throw new RestoreException(
                    ProblemCode.Usage, "The dump holds several databases", string.Join(", ", _connects), "name the one to load with --database");
            }
        }
        else if (!line.StartsWith(@"\restrict ", StringComparison.Ordinal) && !line.StartsWith(@"\unrestrict ", StringComparison.Ordinal))
        {
            throw new RestoreException(
                ProblemCode.Stopped, $"A line for psql is not understood: {line}", Invariant($"line {number} of the dump"), "load this dump with --engine psql");
        }
    }

    /// <exception cref="RestoreException">The database is not in the file, or its part has no end.</exception>
    public void CheckEnd(long line)
    {
        if (_isCluster && !_connects.Contains(database!, StringComparer.Ordinal))
        {
            throw new RestoreException(
                ProblemCode.NotFound, $"Database {database} is not in the dump", $"it holds {string.Join(", ", _connects)}", "'cnpg-restore dumps inspect FILE' lists what is in it");
        }

        if (IsByPgDump && !IsComplete)
        {
            throw Truncated(line, $"the line '{DumpMarks.DumpEnd}' is missing");
        }
    }

    public static RestoreException Truncated(long line, string why) => new(
        ProblemCode.Stopped, "The dump is truncated", Invariant($"it ends at line {line}: {why}"), "'cnpg-restore dumps list FOLDER' shows which dump is the latest complete one");
}
