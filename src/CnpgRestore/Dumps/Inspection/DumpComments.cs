using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>What the comments of pg_dump and pg_dumpall tell of a dump as a whole.</summary>
sealed class DumpComments
{
    private const string FromVersion = "-- Dumped from database version ";
    private const string ByVersion = "-- Dumped by pg_dump version ";

    private int _openDumps;
    private bool _clusterEnded;

    public string? Program { get; private set; }

    public string? ServerVersion { get; private set; }

    public string? ProgramVersion { get; private set; }

    /// <summary>Null when every part that began has ended; else what is missing.</summary>
    public string? Missing =>
        Program is null ? "neither the first nor the last line of pg_dump is in it"
        : _openDumps > 0 ? $"the line '{DumpMarks.DumpEnd}' is missing"
        : Program == "pg_dumpall" && !_clusterEnded ? $"the line '{DumpMarks.ClusterEnd}' is missing"
        : null;

    /// <summary>The line of the last end that was seen; 0 where none was.</summary>
    public long EndLine { get; private set; }

    public void See(string comment, long line)
    {
        EndLine = comment is DumpMarks.DumpEnd or DumpMarks.ClusterEnd ? line : EndLine;
        switch (comment)
        {
            case DumpMarks.ClusterStart:
                Program = "pg_dumpall";
                break;
            case DumpMarks.DumpStart:
                Program ??= "pg_dump";
                _openDumps++;
                break;
            case DumpMarks.DumpEnd:
                Program ??= "pg_dump";
                _openDumps--;
                break;
            case DumpMarks.ClusterEnd:
                _clusterEnded = true;
                break;
        }

        ServerVersion ??= Version(comment, FromVersion);
        ProgramVersion ??= Version(comment, ByVersion);
    }

    private static string? Version(string comment, string prefix) =>
        comment.StartsWith(prefix, StringComparison.Ordinal) ? comment[prefix.Length..].Split(' ')[0] : null;
}
