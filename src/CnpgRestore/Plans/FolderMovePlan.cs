using System.Globalization;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Plans;

/// <summary>A folder move, looked at and decided: what lies where, and which steps follow.</summary>
/// <param name="Objects">In the source, now.</param>
/// <param name="Bytes">In the source, now.</param>
/// <param name="PresentObjects">Of these, already in the target.</param>
/// <param name="PresentBytes">Of these, already in the target.</param>
public sealed record FolderMovePlan(
    string Store, string Identity, FolderMoveRequest Request, MoveState State, long Objects, ByteSize Bytes, long PresentObjects, ByteSize PresentBytes, IReadOnlyList<string> Notes)
{
    /// <summary>The step from which on the source is no longer whole.</summary>
    public const string RemoveSourceId = "remove-source";

    private string From => $"{Store}/{Request.Source}/";

    private string To => $"{Store}/{Request.Target}/";

    public KeyPrefix Source => KeyPrefix.Root.Folder(Request.Source);

    public KeyPrefix Target => KeyPrefix.Root.Folder(Request.Target);

    public PlanStep CopyData => new(
        "copy-data", "copy WAL and base backups", From, $"writes to {To}", $"delete {To}");

    public PlanStep CopyBackupInfo => new(
        "copy-backup-info", "copy each backup.info, last", $"{From}base/*/backup.info", $"writes to {To}", $"delete {To}");

    public PlanStep Prove => new(
        "prove", "prove every object equal", Request.ReadBack ? $"{From} and {To}, every byte" : $"{From} and {To}", "nothing", "nothing to undo");

    public PlanStep CheckUnchanged => new(
        "check-unchanged", "check the source unchanged", From, "nothing", "nothing to undo");

    public PlanStep RemoveSource => new(
        RemoveSourceId, "remove the source", $"{From} and {To}", $"deletes {From}", $"cnpg-restore rename {Request.Target} {Request.Source} -r")
    {
        Destructive = true,
    };

    public PlanStep ProveRemoved => new(
        "prove-removed", "prove the source gone", From, "nothing", "nothing to undo");

    public Plan ToPlan()
    {
        List<PlanStep> steps = [CopyData, CopyBackupInfo, Prove];
        if (Request.RemoveSource)
        {
            steps.AddRange([CheckUnchanged, RemoveSource, ProveRemoved]);
        }

        var verb = Request.RemoveSource ? "move" : "copy";
        var summary = string.Create(CultureInfo.InvariantCulture, $"{verb} {Counted.Of(Objects, "object")} ({Bytes}) from {From} to {To}");
        return new Plan("rename", Request.SubjectIn(Identity), summary, steps, Notes);
    }
}
