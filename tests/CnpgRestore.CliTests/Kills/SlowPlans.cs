namespace CnpgRestore.CliTests.Kills;

/// <summary>The plans that need a Kubernetes node or long for a scene.</summary>
static class SlowPlans
{
    private static readonly string[] Recovery = ["create-cluster", "recover", "prove-data", "first-backup"];

    public static IReadOnlyList<KilledPlan> All { get; } =
    [
        new("from-backup --lineage new", ["record", "stop-cluster", .. Recovery], bed => FromBackupKill.CreateAsync(bed, "new")) { IsSlow = true },
        new(
            "from-backup --lineage move",
            ["record", "stop-cluster", "copy-data", "copy-backup-info", "prove", "check-unchanged", "remove-source", "prove-removed", .. Recovery],
            bed => FromBackupKill.CreateAsync(bed, "move"))
        {
            IsSlow = true,
            // Once the source is empty, a run that goes on has no move any more.
            NotInTurn = ["remove-source recorded", "prove-removed begun", "prove-removed done", "prove-removed recorded"],
        },
        new("apps stop", ["suspend-gitops", "record-counts", "stop-workloads", "wait-pods", "prove-no-sessions"], bed => AppsKill.CreateAsync(bed, "stop")) { IsSlow = true },
        new("apps start", ["start-workloads", "wait-ready", "resume-gitops", "verify-counts", "forget"], bed => AppsKill.CreateAsync(bed, "start"))
        {
            IsSlow = true,
            // Once GitOps is on again, a run that goes on has nothing to resume.
            NotInTurn = ["resume-gitops recorded"],
        },
        new(
            "from-dump CLUSTER, swap",
            ["create-database", "load", "sequences", "analyze", "carry-over", "verify", "swap"],
            bed => FromDumpClusterKill.CreateAsync(bed, "swap")) { IsSlow = true, Here = "elsewhere it is named with --to cnpg://, which ClusterTests do" },
        new(
            "from-dump CLUSTER, fresh",
            ["record", "stop-cluster", "create-cluster", "bootstrap", "create-database", "load", "sequences", "analyze", "carry-over", "verify", "swap", "drop-empty", "first-backup"],
            bed => FromDumpClusterKill.CreateAsync(bed, "fresh"))
        {
            IsSlow = true,
            // Once the names are swapped, a run that goes on has no load any more.
            NotInTurn = ["swap recorded"],
        },
        new("from-dump CLUSTER, clean", ["load", "sequences", "analyze", "verify"], bed => FromDumpClusterKill.CreateAsync(bed, "clean")) { IsSlow = true, Here = KilledPlan.OnlyJournal },
        new("from-dump CLUSTER, append", ["load", "sequences", "analyze", "verify"], bed => FromDumpClusterKill.CreateAsync(bed, "append")) { IsSlow = true, Here = KilledPlan.OnlyJournal },
        new("drill", [.. DrillKill.Phases.Select(phase => phase.Step!)], DrillKill.CreateAsync) { IsSlow = true, Here = "it begins anew", Moments = DrillKill.Phases },
    ];
}
