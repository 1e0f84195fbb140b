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
        BootstrapChecks.Missing, BootstrapChecks.Orphans, BootstrapChecks.Origin, BootstrapChecks.Job, BootstrapChecks.Phase, BootstrapChecks.Switches, BootstrapChecks.Pods,
        JobChecks.Upgrade, JobChecks.Join,
        FolderChecks.Source, FolderChecks.Target, FolderChecks.Content, FolderChecks.FormerFolders,
        EmptyArchiveChecks.Look, LogChecks.Recovery, RecoveryChecks.EarlyPromotion, RecoveryChecks.Major, RecoveryChecks.ExtraDatabase,
        ArchivingChecks.Look,
        BackupChecks.Configured, BackupChecks.Failing, BackupChecks.Scheduled, BackupChecks.Outdated, BackupChecks.InTree, BackupChecks.Checksums,
        DumpChecks.Jobs, DumpChecks.Mounts, DumpChecks.Folder,
    ];
}
