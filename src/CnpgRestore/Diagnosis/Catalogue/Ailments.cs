using static CnpgRestore.Diagnosis.Catalogue.ClusterAilments;
using static CnpgRestore.Diagnosis.Catalogue.DumpAilments;
using static CnpgRestore.Diagnosis.Catalogue.InstanceAilments;
using static CnpgRestore.Diagnosis.Catalogue.RecoveryAilments;
using static CnpgRestore.Diagnosis.Catalogue.ReplayAilments;
using static CnpgRestore.Diagnosis.Catalogue.StoreAilments;
using static CnpgRestore.Diagnosis.Catalogue.StoreAnswerAilments;

namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>
/// The catalogue: everything that <c>doctor</c> can find, and <c>docs/troubleshooting.md</c> explains, in the order of that page. It only grows.
/// </summary>
public static class Ailments
{
    public static IReadOnlyList<(string Heading, IReadOnlyList<Ailment> Ailments)> Chapters { get; } =
    [
        ("The folders and the bucket", [SourceFolderMissing, TargetFolderExists, BucketEmpty, CredentialsMissing]),
        ("CloudNativePG cannot recover",
        [
            EmptyArchive, EmptyArchiveSameFolder, EmptyArchiveOwn, EmptyArchiveServing, EmptyArchiveRecreated, EmptyArchiveLeftover, EmptyArchivePluginName, EmptyArchiveUsed,
            CannotFindBackup, ServerNameDefault, AccessKeyUnknown, SecretKeyWrong, SecretNewline, PermissionMissing, RoleNotAssumed, BucketMissing, SecretMissing, SecretEmpty, CredentialsNotNamed,
        ]),
        ("Dumps and the Jobs that load them",
        [
            ConnectionRefused, PermissionDenied, RelationExists, NfsMountFailed, FileNotFound, DumpEmpty, DumpTruncated, DumpsUnreadable, RoleMissing, ExtensionMissing, RestrictUnknown,
            PasswordRefused, LoadErrors,
        ]),
        ("Interrupted work", [RunUnfinished, AppsLeftStopped, GitOpsLeftSuspended]),
        ("The first instance",
        [
            ClusterMissing, OrphanVolumes, VolumesAdopted, InitdbInstead, SettingUpForEver, Unrecoverable, UnrecoverableWithData, PhaseStuck, PluginErrorHidden, PodStuck, ObjectStoreMissing,
            BarmanMissing, ExternalClusterMissing, OwnerSecretMismatch, PodNotCreated, VolumeNotMounted, ApiUnreachable, SerialNotZero,
            StatusStale, StatusUnreachable, BeingDeleted, UpgradeFailed, JoinFailed, Hibernated, Fenced, OperatorDisabled, SwitchoverAwaited, NotReady,
        ]),
        ("Replay",
        [
            FirstWalMissing, FirstWalNotAsked, FirstWalUnreadable, BackupEndNotArchived, ObjectArchived, WalMissing, TargetNotReached, EarlyPromotion, CutAtFork, MajorVersion,
            ResourceManagerMissing, LibraryMissing, TablespaceNotDeclared, ParametersTooLow, MixedHistories, StandbyDiverged, FailedBackupChosen, VolumeFull, CollationMismatch,
        ]),
        ("Archiving and backups",
        [
            NotArchiving, EndpointUnreachable, EndpointCertificate, RegionWrong, ChecksumsNotUnderstood, StoreUnreadable, NoBackupSection, NoUsableBackup, BackupsFailing, FolderOdd, ScheduledOnFresh,
        ]),
        ("The next disaster", [SourceOutdated, OldFolder, ExtraApp, InTree, ChecksumVariables]),
    ];

    public static IReadOnlyList<Ailment> All { get; } = [.. Chapters.SelectMany(chapter => chapter.Ailments)];

    /// <exception cref="KeyNotFoundException">A signature names an entry that is not there; a test sees to it.</exception>
    public static Ailment Of(string id) => ById[id];

    private static Dictionary<string, Ailment> ById { get; } = All.ToDictionary(ailment => ailment.Id, StringComparer.Ordinal);
}
