using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Every check. Each looks at an examination alone, so that all of them can be held against every recorded situation.</summary>
static class AllChecks
{
    public static IReadOnlyList<Func<Examination, IEnumerable<Finding>>> List { get; } =
    [
        RunChecks.Unfinished, RunChecks.StoppedApps, RunChecks.GitOps,
        AccessChecks.Secrets, AccessChecks.Bucket, AccessChecks.ObjectStore,
        StatusChecks.Stale, StatusChecks.Deletion,
        BootstrapChecks.Missing, BootstrapChecks.Orphans, BootstrapChecks.Origin, BootstrapChecks.Job, BootstrapChecks.Phase, BootstrapChecks.Serial, BootstrapChecks.Switches, BootstrapChecks.Pods,
        PhaseChecks.Look, PodEventChecks.Refused, PodEventChecks.Waiting,
        JobChecks.Upgrade, JobChecks.Join, StandbyChecks.Look,
        FolderChecks.Source, FolderChecks.Target, FolderChecks.Content, FolderChecks.FormerFolders,
        EmptyArchiveChecks.Look, LogChecks.Recovery, HistoryChecks.Look, CollationChecks.Look, RecoveryChecks.EarlyPromotion, RecoveryChecks.Major, RecoveryChecks.ExtraDatabase,
        ArchivingChecks.Look,
        BackupChecks.Configured, BackupChecks.Failing, BackupChecks.Scheduled, BackupChecks.Outdated, BackupChecks.InTree, BackupChecks.Checksums,
        DumpChecks.Jobs, DumpChecks.Mounts, DumpChecks.Folder,
    ];
}
