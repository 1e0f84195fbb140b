using CnpgRestore.CliTests.Prune;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>A row of the kill matrix. A new plan is a new entry of <see cref="All"/>.</summary>
/// <param name="Name">As a person would type it.</param>
/// <param name="Steps">In the order of the plan.</param>
/// <param name="CreateAsync">A scene in which the run has not begun.</param>
sealed record KilledPlan(string Name, IReadOnlyList<string> Steps, Func<TestBed, Task<KillScene>> CreateAsync)
{
    /// <summary>Needs a Kubernetes node, or long for a scene: one scene serves all moments, one after the other, until the run ends.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Why only the machine that began it can go on; null where any can.</summary>
    public string? Here { get; init; }

    /// <summary>What a run that goes on has no more, and a scene of its own would be needed for: moments by <see cref="KillMoment.ToString"/>.</summary>
    public IReadOnlyList<string> NotInTurn { get; init; } = [];

    /// <summary>Where the plan has no journal; null where its lines are the moments.</summary>
    public IReadOnlyList<KillMoment>? Moments { get; init; }

    public IEnumerable<KillMoment> MomentsInTurn => (Moments ?? KillMoment.Of(Steps)).Where(moment => !NotInTurn.Contains(moment.ToString()));

    public static IReadOnlyList<KilledPlan> All { get; } =
    [
        new("rename", ["copy-data", "copy-backup-info", "prove"], async bed => new RenameKill(await RenameScene.CreateAsync(bed, RenameKill.Segments), removes: false)),
        new(
            "rename -r",
            ["copy-data", "copy-backup-info", "prove", "check-unchanged", "remove-source", "prove-removed"],
            async bed => new RenameKill(await RenameScene.CreateAsync(bed, RenameKill.Segments), removes: true)),
        new("prune", ["check-unchanged", "remove-backup-info", "remove-data", "prove-removed"], async bed => new PruneKill(await PruneScene.CreateAsync(bed))),
        new(
            "from-dump --to, swap",
            ["create-database", "load", "sequences", "analyze", "carry-over", "verify", "swap"],
            async bed => await FromDumpKill.CreateAsync(bed, "swap")),
        new(
            "from-dump --to, a database that is not there",
            ["create-database", "load", "sequences", "analyze", "carry-over", "verify", "swap"],
            async bed => await FromDumpKill.CreateAsync(bed, "create")),
        new("from-dump --to, clean", ["load", "sequences", "analyze", "verify"], async bed => await FromDumpKill.CreateAsync(bed, "clean")) { Here = OnlyJournal },
        new("from-dump --to, append", ["load", "sequences", "analyze", "verify"], async bed => await FromDumpKill.CreateAsync(bed, "append")) { Here = OnlyJournal },
        .. SlowPlans.All,
    ];

    public const string OnlyJournal = "the number of the transaction is in the journal alone";

    /// <summary>How many of all random moments are this plan's: a slow one takes a fifth of what another one does.</summary>
    public int RandomShare(int kills) => (int)Math.Ceiling(kills * Weight / All.Sum(plan => plan.Weight));

    private double Weight => IsSlow ? 0.2 : 1;

    public static KilledPlan Named(string name) => All.Single(plan => plan.Name == name);
}
