using System.Globalization;
using CnpgRestore.Barman;

namespace CnpgRestore.Plans.Prune;

/// <summary>The removal of a server folder, looked at and decided.</summary>
/// <param name="Objects">In the folder, now; none where only the end of an interrupted removal has to be proven.</param>
/// <param name="Youngest">The store's time of the youngest of them: what is younger later came after the look, and is never removed.</param>
/// <param name="Replacement">The folder that replaces it.</param>
/// <param name="ReplacementBackup">Its newest usable base backup, as a person reads it.</param>
public sealed record PrunePlan(
    string Store,
    string Identity,
    PruneRequest Request,
    long Objects,
    ByteSize Bytes,
    DateTimeOffset Youngest,
    string Replacement,
    string ReplacementBackup,
    IReadOnlyList<string> Notes)
{
    /// <summary>The step from which on the folder is no longer whole.</summary>
    public const string RemoveBackupInfoId = "remove-backup-info";

    private const string NoWayBack = "none: what is removed is gone";

    private string Place => $"{Store}/{Request.Server}/";

    public ServerFolder Folder => ServerFolder.Named(Request.Server);

    public PlanStep CheckUnchanged => new(
        "check-unchanged", "look once more: nothing has come, and the replacement is whole", $"{Place} and {Store}/{Replacement}/", "nothing", "nothing to undo");

    public PlanStep RemoveBackupInfo => new(
        RemoveBackupInfoId, "remove each backup.info, so that nothing half-removed is taken for a backup", Place, $"deletes {Place}base/*/backup.info", NoWayBack)
    {
        Destructive = true,
    };

    public PlanStep RemoveData => new(
        "remove-data", "remove base backups and WAL", Place, $"deletes {Place}", NoWayBack)
    {
        Destructive = true,
    };

    public PlanStep ProveRemoved => new("prove-removed", "prove that nothing is left", Place, "nothing", "nothing to undo");

    public Plan ToPlan()
    {
        var summary = string.Create(
            CultureInfo.InvariantCulture, $"remove {Place}: {Counted.Of(Objects, "object")} ({Bytes}); {Replacement}/ replaces it, with base backup {ReplacementBackup}");
        return new Plan("prune", Request.SubjectIn(Identity), summary, [CheckUnchanged, RemoveBackupInfo, RemoveData, ProveRemoved], Notes);
    }
}
