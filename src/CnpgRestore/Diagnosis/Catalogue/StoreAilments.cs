namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>Bucket, credentials and folders: what keeps a recovery, or the archiving, from its files.</summary>
static class StoreAilments
{
    private const string Look = "cnpg-restore backups list --cluster {cluster} -n {namespace} --server {folder}";
    private const string Anew = "cnpg-restore from-backup {cluster} -n {namespace} --lineage new";
    private const string Secret = "kubectl edit secret {secret} -n {namespace}";

    public static Ailment SourceFolderMissing { get; } = new(
        "source-folder-missing", Severity.Broken, Stage.Recovery, "Source folder does not exist",
        "The folder that the recovery reads is not in the bucket: it was never renamed to that name, was removed, or lies in another bucket.",
        "Recover from a folder that is there and has a usable base backup.", "cnpg-restore from-backup {cluster} -n {namespace} --source {folder}")
    {
        Words = ["no target backup found"],
    };

    public static Ailment BucketEmpty { get; } = new(
        "bucket-without-folders", Severity.Broken, Stage.Access, "The bucket holds no server folder: wrong bucket, endpoint or prefix",
        "It answers and there is nothing of Barman's in it: a typing error in the bucket's name or in the prefix of destinationPath, the endpoint of another provider, or nothing was ever archived there.",
        "Compare destinationPath and endpointURL with where the backups were written, and list that; nothing is to be recovered before a folder is found.", "cnpg-restore backups list --bucket s3://{bucket} --endpoint https://{endpoint}");

    public static Ailment TargetFolderExists { get; } = new(
        "target-folder-exists", Severity.Broken, Stage.Recovery, "Target folder already exists",
        "The manifest recovers from a folder of an earlier incident, which is still there, while the backups since then lie in the folder that the cluster archived to: a rename "
        + "over it is refused, and a recovery from it brings back old data.",
        "Recover from the newer folder and archive under a new name; nothing has to be renamed.", Anew);

    public static Ailment CredentialsMissing { get; } = new(
        "credentials-missing", Severity.Broken, Stage.Access, "No usable S3 client configuration (\"AWS CLI not found\")",
        "Nothing that this program can read holds an access key: there is no Cluster whose Secret names one, and AWS_ACCESS_KEY_ID, "
        + "AWS_SECRET_ACCESS_KEY and the profile files are empty. No AWS CLI is needed.",
        "Export the key of the bucket, or name the Cluster in a Kubernetes where its Secret can be read.", "aws configure")
    {
        Words = ["AWS CLI not found"],
    };

    public static Ailment CredentialsNotNamed { get; } = new(
        "credentials-not-named", Severity.Broken, Stage.Access, "Access denied: the object store names no credentials",
        "A source, an entry of externalClusters, needs its own s3Credentials; those of spec.backup are not used for it. recovery.backup with a Backup of the plugin ends the same way.",
        "Write the whole object store at the source; manifest recovery does so.", "cnpg-restore manifest recovery -f cluster.yaml --source {folder} --in-place")
    {
        Words = ["no credentials defined"],
    };

    public static Ailment SecretMissing { get; } = new(
        "secret-missing", Severity.Broken, Stage.Access, "Access denied: the Secret of the bucket does not exist",
        "s3Credentials names a Secret, or a key in one, that is not in the Cluster's namespace. The operator waits, or its pods end at once.",
        "Create the Secret with the keys that the manifest names, or mend the reference. A Secret that lacks a key is patched.", "kubectl create secret generic {secret} -n {namespace} --from-literal={key}=VALUE")
    {
        Words = ["secrets \"...\" not found", "CreateContainerConfigError"],
    };

    public static Ailment SecretEmpty { get; } = new(
        "secret-empty", Severity.Broken, Stage.Access, "Access denied: a key of the bucket's Secret is empty",
        "The key is there and holds nothing: a variable that was not set when the Secret was written.", "Write the value again.", Secret);

    public static Ailment SecretNewline { get; } = new(
        "secret-trailing-newline", Severity.Broken, Stage.Access, "Access denied: a trailing newline in the Secret (SignatureDoesNotMatch)",
        "'echo VALUE | base64' encodes a newline, too. Barman takes the value as it is, so the signature, or the key, is wrong. (This program cuts it off, and warns.)",
        "Write the value again without it: 'echo -n', or kubectl create secret --from-literal.", Secret);

    public static Ailment AccessKeyUnknown { get; } = new(
        "access-key-unknown", Severity.Broken, Stage.Access, "Access denied: the object store does not know the key (InvalidAccessKeyId)",
        "The access key was revoked, belongs to another provider or endpoint, or the Secret has the wrong value.", "Write a key of this endpoint into the Secret.", Secret);

    public static Ailment SecretKeyWrong { get; } = new(
        "secret-key-wrong", Severity.Broken, Stage.Access, "Access denied: the secret does not fit the key (SignatureDoesNotMatch)",
        "The secret access key belongs to another access key, is cut, or ends in a newline.", "Write both again, from one place.", Secret);

    public static Ailment PermissionMissing { get; } = new(
        "permission-missing", Severity.Broken, Stage.Access, "Access denied: the key may not do what is needed (AccessDenied, 403)",
        "The key is known and a policy does not allow it an action: s3:ListBucket, s3:GetObject, s3:PutObject or s3:DeleteObject; or it is another account's bucket; "
        + "on a gateway with encrypted keys, the access grant has another passphrase.",
        "Allow the key the action that is named, on the bucket and on everything in it.", Look)
    {
        Words = ["(AccessDenied) when calling the ... operation", "An error occurred (403)"],
    };

    public static Ailment BucketMissing { get; } = new(
        "bucket-missing", Severity.Broken, Stage.Access, "Access denied: wrong bucket (NoSuchBucket)",
        "destinationPath names a bucket that this endpoint does not have: a typing error, or the endpoint of another provider. Barman then tries to create it, and may not (AccessDenied), or the name is another "
        + "account's (BucketAlreadyExists), or the region is another (IllegalLocationConstraintException).",
        "Mend destinationPath and endpointURL, or create the bucket.", "kubectl edit cluster {cluster} -n {namespace}")
    {
        Words = ["NoSuchBucket"],
        IsInStore = true,
    };

    public static Ailment EndpointUnreachable { get; } = new(
        "endpoint-unreachable", Severity.Broken, Stage.Access, "The object store cannot be reached (Could not connect to the endpoint URL)",
        "Nobody answers at endpointURL, from here or from the pods: a name that does not resolve, a network policy, a proxy, or an outage.",
        "Until it answers, from-dump brings data back from an SQL dump.", "cnpg-restore dumps list PATH")
    {
        Words = ["Could not connect to the endpoint URL"],
    };

    public static Ailment EndpointCertificate { get; } = new(
        "endpoint-certificate", Severity.Broken, Stage.Access, "The certificate of the object store is not trusted (CERTIFICATE_VERIFY_FAILED)",
        "The endpoint's certificate is signed by an authority of your own.", "Name the Secret that holds the authority in endpointCA, at the source and at the destination.", "kubectl edit cluster {cluster} -n {namespace}")
    {
        IsInStore = true,
    };

    public static Ailment StoreUnreadable { get; } = new(
        "bucket-unreadable", Severity.Broken, Stage.Access, "The bucket cannot be read",
        "The object store answered with an error that has no entry of its own.", "Read what it says; the same question again:", Look);

    public static Ailment ObjectStoreMissing { get; } = new(
        "object-store-missing", Severity.Broken, Stage.Access, "The ObjectStore of the plugin does not exist",
        "With the Barman Cloud plugin the bucket stands in an ObjectStore of the Cluster's namespace. Without it the operator makes no pod and reports no error.",
        "Create the ObjectStore that the parameter barmanObjectName names, or mend the name.", "kubectl get objectstores -n {namespace}");

    public static Ailment CannotFindBackup { get; } = new(
        "cannot-find-backup", Severity.Broken, Stage.Recovery, "Cannot find backup (no target backup found)",
        "The folder that the recovery reads has no base backup that is finished before the target: it is empty, holds failed backups only, or the backupID is of another folder.",
        "See what the folder holds, then recover from one that has a usable base backup.", Look);

    public static Ailment ServerNameDefault { get; } = new(
        "server-name-default", Severity.Broken, Stage.Recovery, "Cannot find backup: serverName is left out, and its default is another folder",
        "Without serverName a source reads the folder called like the external cluster (in-tree), or like the new Cluster (Barman Cloud plugin); a destination writes to the one "
        + "called like the Cluster. The backups lie elsewhere.",
        "Write serverName at every source and destination; from-backup does so.", "cnpg-restore from-backup {cluster} -n {namespace} --source {folder}")
    {
        Words = ["no target backup found"],
    };

    public static Ailment EmptyArchive { get; } = new(
        "expected-empty-archive", Severity.Broken, Stage.Archiving, "Expected empty archive",
        "A new cluster would archive into a folder that holds WAL already. barman-cloud-check-wal-archive refuses: two histories in one folder cannot be told apart later. "
        + "Skipping the check (skipEmptyWalArchiveCheck) mixes them.",
        "Recover again with a folder of its own.", Anew)
    {
        Words = ["WAL archive check failed for server ...: Expected empty archive", "unexpected failure invoking barman-cloud-wal-archive: exit status 1"],
    };

    public static Ailment EmptyArchiveSameFolder { get; } = EmptyArchive with
    {
        Id = "expected-empty-archive-same-folder",
        Title = "Expected empty archive: source and destination are the same folder",
        Cause = "The manifest recovers from the folder that it archives to.",
        Repair = "A new folder name (--lineage new) copies nothing; --lineage move renames the folder first, as the runbook does.",
        Words = [],
    };

    public static Ailment EmptyArchiveRecreated { get; } = EmptyArchive with
    {
        Id = "expected-empty-archive-recreated",
        Title = "Expected empty archive: a cluster that was created anew wants the old folder",
        Cause = "A Cluster of this name was made again with initdb, by GitOps or by hand, and wants to archive where its predecessor did. It looks healthy, does not hold the old data, and is never backed up.",
        Repair = "If it should hold the old data, recover it. That deletes the new Cluster, and with it what was written since it was made, which is nowhere else: dump first what of that matters. Its owner in Git is suspended first.",
        Words = [],
    };

    public static Ailment EmptyArchiveOwn { get; } = EmptyArchive with
    {
        Id = "expected-empty-archive-own-folder",
        Title = "Expected empty archive: the folder is the Cluster's own, and a failover woke the check again",
        Cause = "The check is meant for the first WAL of a new cluster only. A standby that was copied before that still had its mark in the data directory (.check-empty-wal-archive), has become the primary, and "
            + "refuses to archive into the folder that this very database has been archiving to (plugin-barman-cloud issue 842).",
        Repair = "Nothing is to be recovered: the data is in the Cluster. Take the mark away from the primary, and archiving goes on; or set the annotation cnpg.io/skipEmptyWalArchiveCheck: enabled until the first WAL "
            + "has arrived. Then take a base backup.",
        Command = "kubectl exec -n {namespace} {pod} -c postgres -- rm /var/lib/postgresql/data/pgdata/.check-empty-wal-archive",
        Words = [],
    };

    public static Ailment EmptyArchiveServing { get; } = EmptyArchive with
    {
        Id = "expected-empty-archive-serving",
        Title = "Expected empty archive, and the Cluster serves",
        Cause = "The Cluster has a primary, and the folder that it is to archive to holds WAL of which nothing proves that it is its own. Until it archives elsewhere, its data is on its volumes alone.",
        Repair = "Do not recover it: that deletes what has been written. Give the destination a serverName that no folder in the bucket has, and take a base backup at once. The old folder stays as it is.",
        Command = "kubectl edit cluster {cluster} -n {namespace}",
        Words = [],
    };

    public static Ailment EmptyArchiveLeftover { get; } = EmptyArchive with
    {
        Id = "expected-empty-archive-leftover",
        Title = "Expected empty archive: a first attempt has left WAL behind",
        Cause = "The destination holds WAL or a history file and no base backup: an earlier recovery got as far as archiving, then was deleted. Each attempt needs a fresh folder.",
        Words = [],
    };

    public static Ailment EmptyArchivePluginName { get; } = EmptyArchive with
    {
        Id = "expected-empty-archive-plugin-name",
        Title = "Expected empty archive: the plugin's destination has no serverName",
        Cause = "The entry of spec.plugins names no serverName, so the folder is called like the Cluster, which is where the former Cluster archived. enabled: false does not change that.",
        Words = [],
    };

    public static Ailment EmptyArchiveUsed { get; } = EmptyArchive with
    {
        Id = "expected-empty-archive-used",
        Title = "Expected empty archive: another cluster has lived in the destination",
        Cause = "The destination is not the source and holds base backups of its own: an earlier recovery succeeded there, or another cluster archives there.",
        Words = [],
    };
}
