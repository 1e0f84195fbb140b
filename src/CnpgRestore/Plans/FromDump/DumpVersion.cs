using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.FromDump;

/// <summary>
/// Which PostgreSQL a dump needs: that of the server it was made of, and of the program that wrote it. A newer pg_dump writes settings of its own
/// (<c>SET transaction_timeout = 0</c>), which the parallel loader leaves out and psql does not, and subscriptions and databases with parameters of its own.
/// </summary>
static class DumpVersion
{
    /// <param name="isBeside">It is loaded beside a database that stays until all of it is there: what this server does not understand costs a try.</param>
    public static int Needs(DumpInspection dump, DumpDatabase content, LoadEngine engine, bool isBeside)
    {
        var server = MajorOf(dump.ServerVersion);
        return isBeside && engine == LoadEngine.Parallel && !content.Created.ContainsKey("SUBSCRIPTION") && server > 0 ? server : Math.Max(server, MajorOf(dump.ProgramVersion));
    }

    /// <summary>Null where the program is as old as the server, or older.</summary>
    public static string? NoteOf(DumpInspection dump, int major) => MajorOf(dump.ProgramVersion) <= major ? null
        : $"written by {dump.Program} {dump.ProgramVersion}, which is newer than the server: settings that this one does not know are left out";

    private static int MajorOf(string? text) => PostgresVersion.TryParse(text, null, out var version) ? version.Major : 0;
}
