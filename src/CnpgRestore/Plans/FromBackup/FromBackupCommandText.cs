using CnpgRestore.Manifests;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.FromBackup;

/// <summary><c>from-backup</c> once more, as it was asked for: a command that a person copies must not forget the target, nor how it is delivered.</summary>
static class FromBackupCommandText
{
    /// <summary>With all that it was given.</summary>
    public static string Of(FromBackupRequest request) => Of(
        request.Cluster, request.Namespace, request.Files, request.Target, request.Apply, request.Push, request.Application,
        [
            .. request.Source is { } source ? (string[])["--source", source] : [],
            .. request.Lineage is { } lineage ? (string[])["--lineage", lineage.ToString().ToLowerInvariant()] : [],
            .. request.ArchiveName is { } archive ? (string[])["--archive-name", archive] : [],
            .. request.BackupId is { } backup ? (string[])["--backup-id", backup.ToString()] : [],
            .. request.AcceptsWalLoss ? (string[])["--accept-wal-loss"] : [],
        ]);

    /// <param name="more">What differs: <c>--source</c> and its value.</param>
    public static string Of(string cluster, string ns, IReadOnlyList<string> files, RecoveryTarget target, ApplyMode apply, bool push, ApplicationDatabase? application, params IEnumerable<string> more) =>
        CommandText.Of(
            "from-backup",
            [
                cluster, "-n", ns, .. files.SelectMany(file => (string[])["-f", file]), .. CommandText.Target(target),
                .. apply == ApplyMode.Api ? [] : (string[])["--apply", apply.ToString().ToLowerInvariant()], .. push ? (string[])["--push"] : [],
                .. application is null ? [] : (string[])["--database", application.Database, "--owner", application.Owner], .. more,
            ]);
}
