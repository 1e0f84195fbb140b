using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.FromDump;

/// <summary>
/// Which PostgreSQL a dump needs: that of the server it was made of. A newer pg_dump writes settings of its own (<c>SET transaction_timeout = 0</c>),
/// which the parallel loader leaves out and psql does not, and subscriptions with parameters of its own.
/// </summary>
static class DumpVersion
{
    public static int Needs(DumpInspection dump, DumpDatabase content, LoadEngine engine) =>
        engine == LoadEngine.Parallel && !content.Created.ContainsKey("SUBSCRIPTION") && MajorOf(dump.ServerVersion) is > 0 and var server ? server : Math.Max(MajorOf(dump.ServerVersion), MajorOf(dump.ProgramVersion));

    /// <summary>Null where the program is as old as the server, or older.</summary>
    public static string? NoteOf(DumpInspection dump, int major) => MajorOf(dump.ProgramVersion) <= major ? null
        : $"written by {dump.Program} {dump.ProgramVersion}, which is newer than the server: settings that this one does not know are left out";

    private static int MajorOf(string? text) => PostgresVersion.TryParse(text, null, out var version) ? version.Major : 0;
}
