namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>What the tests of <c>doctor</c> do not do, and why: the one list of it. Everything else in the catalogue is found and repaired for real.</summary>
static class NotFollowed
{
    /// <summary>Findings whose printed command is not followed, or repairs nothing by itself.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        // The command only shows more, on purpose; the repair is another finding's, or a decision.
        ["not-archiving"] = "the command shows the log; what keeps WAL from the bucket is a finding of its own, and following that ends this one, too",
        ["plugin-error-hidden"] = "the command shows the container with the reason; the repair is that reason's",
        ["instances-not-ready"] = "the command watches; it passes by itself or becomes another finding",
        ["phase-stuck"] = "the command shows phase and reason; what is missing is for a person to install",
        ["status-stale"] = "the command looks for the operator; to start it is a person's",
        ["cluster-being-deleted"] = "the command shows what is left; a deletion cannot be taken back",
        ["unrecoverable-with-data"] = "the command shows the reason, or the log of the Job that failed; nothing is to be deleted",
        ["join-failed"] = "the command shows the log; what it names is for a person to mend",
        ["major-upgrade-failed"] = "the operator removes the Job and starts the old version; the stand-in upgrades nothing",
        ["backups-failing"] = "the command shows the error; what it names is for a person to mend",
        ["pod-stuck"] = "the command shows the events; an image, a node or memory is for a person to give",
        ["old-folder-unpruned"] = "the command is a dry run: whether the old folder is needed any more is for a person to decide",
        ["folder-damaged"] = "the command lists all of it; nobody can bring back what was overwritten",
        ["extra-app-database"] = "the command lists the databases; which one the applications are pointed at is for a person to decide",
        ["bucket-unreadable"] = "the command asks again; what the store has answered is for its administrator",
        // The repair is outside: of the store, of the network, of the share, of an image.
        ["permission-missing"] = "the policy is for the store's administrator to change",
        ["credentials-missing"] = "the key is for a person to have; the command asks for it on a terminal",
        ["endpoint-unreachable"] = "the network is for a person to mend; the command looks for the other way, the dumps",
        ["object-store-missing"] = "the ObjectStore is for a person to write; the command shows which there are",
        ["nfs-mount-failed"] = "the export is for the administrator of the share; the command shows the events",
        ["extension-missing"] = "an image with the extension is not there in the tests",
        ["volume-full"] = "volumes of the tests cannot grow; whether one can is its storage class's",
        ["recovery-target-not-reached"] = "the command tells how far the archive reaches; the recovery is that of 'setting-up-primary-for-ever'",
        ["parameters-too-low"] = "an edit, as for 'bucket-missing', and a recovery, as for 'setting-up-primary-for-ever'",
        ["dump-empty"] = "the next dump of the backup job repairs it; the command shows the latest complete one",
        ["dump-truncated"] = "the next dump of the backup job repairs it; the command shows the latest complete one",
        ["dumps-unreadable"] = "the share is for a person to mount",
        ["backup-file-not-found"] = "the right path is for a person to know; the command lists a folder",
        ["first-wal-missing"] = "what is not in the bucket any more cannot be brought back; the command tells which base backups are whole",
        ["cannot-find-backup"] = "what is not in the bucket cannot be brought back; the command shows what there is",
        ["mixed-histories"] = "which of the two lives is wanted is for a person to decide; the command tells what can be reached",
        ["bucket-without-folders"] = "the right bucket is for a person to know; the command lists the one that is named",
        // The Git repository is a person's.
        ["in-tree-before-1-31"] = "the move to the plugin is planned work of a person, with an installation before it",
        ["recovery-source-outdated"] = "the command shows what a recovery from that file would do instead; while the Cluster lives nothing is to be changed",
        ["credentials-not-named"] = "the file is a person's and is committed by hand; manifest recovery has tests of its own",
        ["external-cluster-missing"] = "the webhook refuses it since 1.20, so that only a file has it; manifest recovery has tests of its own",
        ["owner-secret-mismatch"] = "which of the two names is right is for a person to know",
        ["major-version-mismatch"] = "images of other versions are not there in the tests",
    };

    /// <summary>Findings whose command is, word for word, that of another one which is followed: a recovery takes its time.</summary>
    public static IReadOnlyDictionary<string, string> Alike { get; } = new Dictionary<string, string>
    {
        ["expected-empty-archive"] = "expected-empty-archive-plugin-name",
        ["expected-empty-archive-same-folder"] = "expected-empty-archive-plugin-name",
        ["expected-empty-archive-leftover"] = "expected-empty-archive-plugin-name",
        ["expected-empty-archive-used"] = "expected-empty-archive-plugin-name",
        ["expected-empty-archive-recreated"] = "expected-empty-archive-plugin-name",
        ["target-folder-exists"] = "expected-empty-archive-plugin-name",
        ["early-promotion"] = "expected-empty-archive-plugin-name",
        ["server-name-default"] = "source-folder-missing",
        ["access-key-unknown"] = "secret-trailing-newline",
        ["secret-key-wrong"] = "secret-trailing-newline",
        ["cluster-unrecoverable"] = "setting-up-primary-for-ever",
        ["orphan-volumes-adopted"] = "initdb-instead-of-recovery",
        ["wal-missing"] = "no-usable-backup",
        ["failed-backup-chosen"] = "no-usable-backup",
        ["connection-refused"] = "relation-already-exists",
        ["permission-denied"] = "relation-already-exists",
        ["role-missing"] = "relation-already-exists",
        ["superuser-password-nulled"] = "relation-already-exists",
        ["load-errors"] = "relation-already-exists",
        ["restrict-not-understood"] = "relation-already-exists",
    };

    /// <summary>Findings that no test brings about for real.</summary>
    public static IReadOnlyDictionary<string, string> NotReal { get; } = new Dictionary<string, string>
    {
        ["external-cluster-missing"] = "the operator's webhook refuses such a Cluster; its words are in cloudnative-pg internal/webhook/v1/cluster_webhook.go",
        ["credentials-missing"] = "the tests of the command line see it, where the environment is theirs",
        ["credentials-not-named"] = "the words are those of the operator's Go code, which the stand-in has not",
        ["owner-secret-mismatch"] = "the words are those of the operator's Go code, which the stand-in has not",
        ["phase-stuck"] = "the stand-in comes into none of these phases: it has one plugin, one image and no catalogue",
        ["pod-stuck"] = "pods of the stand-in have an image that is always there; Kubernetes' words for it are tried in PodTests",
        ["dumps-unreadable"] = "the tests run as root, who may read everything",
        ["bucket-unreadable"] = "it is for answers that have no entry: one that is known would get one",
        ["expected-empty-archive"] = "it is for causes that have no entry: one that is known would get one",
    };
}
