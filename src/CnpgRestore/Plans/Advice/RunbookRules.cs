namespace CnpgRestore.Plans.Advice;

/// <summary>The runbook's "When to Use Each Method" and "Prerequisites", each line a rule, in the runbook's order.</summary>
public static class RunbookRules
{
    public const string Inspect = "dump-inspect-first";
    public const string Migrate = "dump-migrate";
    public const string BucketBroken = "dump-s3-corrupted-or-missing";

    public static IReadOnlyList<RunbookRule> All { get; } =
    [
        UseWhen("s3-accessible", Way.Bucket, "S3 storage is accessible", BucketVerdicts.Accessible),
        UseWhen("s3-point-in-time", Way.Bucket, "You need point-in-time recovery", BucketVerdicts.PointInTime),
        UseWhen("s3-fastest", Way.Bucket, "You want the fastest restore process", BucketVerdicts.Fastest),
        UseWhen("s3-intact-recent", Way.Bucket, "Binary backups are intact and recent", BucketVerdicts.IntactAndRecent),
        UseWhen("dump-s3-unavailable", Way.Dump, "S3 is unavailable (network issues, outage)", DumpVerdicts.BucketUnavailable),
        UseWhen(BucketBroken, Way.Dump, "S3 backups are corrupted or missing", DumpVerdicts.BucketBroken),
        UseWhen(Inspect, Way.Dump, "You need to inspect/modify data before restore", DumpVerdicts.InspectFirst),
        UseWhen(Migrate, Way.Dump, "Migrating to different cluster configuration", DumpVerdicts.Migrate),
        UseWhen("dump-s3-credentials-lost", Way.Dump, "S3 credentials are compromised/lost", DumpVerdicts.CredentialsLost),
        Needs("s3-credentials", Way.Bucket, "AWS CLI configured with S3 credentials", BucketVerdicts.Credentials),
        Needs("s3-kubernetes", Way.Bucket, "Kubernetes access to the CloudNative-PG cluster", KubernetesAccess),
        Needs("s3-backup-data", Way.Bucket, "S3 bucket with existing backup data", BucketVerdicts.BackupData),
        Needs("dump-access", Way.Dump, "NFS access to backup location", DumpVerdicts.Access),
        Needs("dump-files", Way.Dump, "SQL dump files created by `postgres-backup-local` container", DumpVerdicts.Files),
        Needs("dump-kubernetes", Way.Dump, "Kubernetes cluster access", KubernetesAccess),
    ];

    private static RunbookRule UseWhen(string id, Way way, string sentence, Func<Judged, Verdict> judge) => new(id, way, RuleKind.UseWhen, sentence, judge);

    private static RunbookRule Needs(string id, Way way, string sentence, Func<Judged, Verdict> judge) => new(id, way, RuleKind.Prerequisite, sentence, judge);

    private static Verdict KubernetesAccess(Judged judged) => judged.View.Kubernetes switch
    {
        { NotAsked: { } reason } => new(null, $"not asked: {reason}"),
        { Answers: true, HasCnpg: true, Problem: { Code: ProblemCode.AccessDenied } denied } => new(false, denied.Message),
        { Answers: true, HasCnpg: true } kubernetes => new(true, $"{kubernetes.Server} answers, namespace {kubernetes.Namespace}"),
        { Problem: { } problem } => new(false, problem.Message),
        _ => new(false, "Kubernetes does not answer"),
    };
}
