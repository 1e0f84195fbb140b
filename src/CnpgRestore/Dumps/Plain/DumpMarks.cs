namespace CnpgRestore.Dumps.Plain;

/// <summary>The comments around what pg_dump and pg_dumpall write; the same words since version 9 (pg_backup_archiver.c, pg_dumpall.c).</summary>
static class DumpMarks
{
    public const string DumpStart = "-- PostgreSQL database dump";
    public const string DumpEnd = "-- PostgreSQL database dump complete";
    public const string ClusterStart = "-- PostgreSQL database cluster dump";
    public const string ClusterEnd = "-- PostgreSQL database cluster dump complete";
}
