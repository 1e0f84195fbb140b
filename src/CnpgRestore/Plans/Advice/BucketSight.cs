using CnpgRestore.Barman.Findings;

namespace CnpgRestore.Plans.Advice;

/// <summary>What the bucket says.</summary>
public sealed record BucketSight
{
    /// <summary>Why it was not looked into; null where it was.</summary>
    public string? NotAsked { get; init; }

    /// <summary>What ended the look; null where nothing did.</summary>
    public Problem? Problem { get; init; }

    public BucketStage Stage { get; init; }

    /// <summary><c>s3://cloudnative-pg at gateway.storjshare.io</c>.</summary>
    public string? Address { get; init; }

    /// <summary>The folder that the backups are in.</summary>
    public string? Server { get; init; }

    /// <summary>Null where nothing can be recovered.</summary>
    public BucketRecovery? Recovery { get; init; }

    /// <summary>Why the moment that is asked for, or the end of the archive, cannot be reached; null where it can.</summary>
    public Problem? Unreachable { get; init; }

    /// <summary>Between base backup and target, what is odd; the worst first.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What in the manifest does not fit the backup: from-backup refuses until it is changed.</summary>
    public IReadOnlyList<Problem> Obstacles { get; init; } = [];

    /// <summary>What in the manifest itself keeps a Cluster made from it from being restored, whatever the backup.</summary>
    public IReadOnlyList<Problem> OfManifest { get; init; } = [];

    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>How fast the base backup is read from here; null where it was not tried.</summary>
    public TransferRate? Rate { get; init; }

    /// <summary>Segments that the operator fetches at once.</summary>
    public int WalParallel { get; init; } = 1;

    /// <summary>For the choice of the lineage; null where the folders could not be read.</summary>
    internal BucketFolders? Folders { get; init; }

    /// <summary>Where the next cluster would archive to; null where the folders could not be read.</summary>
    public string? Archive => Folders?.Archive.Name;

    /// <summary>False where a cluster that archives there meets "Expected empty archive".</summary>
    public bool? IsArchiveEmpty => Folders?.Archive.MayBeArchivedTo;

    /// <summary>Reached, and not allowed: the action that was refused; null where nothing was.</summary>
    public string? RefusedAction => Problem?.Code != ProblemCode.AccessDenied ? null : Stage switch
    {
        BucketStage.Asking => "s3:ListBucket",
        BucketStage.Listed => "s3:GetObject",
        _ => null,
    };

    /// <summary>Two databases share the folder, or its last WAL cannot be read: what comes back may not be what was lost.</summary>
    public Finding? Doubt => Findings.FirstOrDefault(finding => finding.Kind is "two-system-ids" or "mixed-histories");
}
