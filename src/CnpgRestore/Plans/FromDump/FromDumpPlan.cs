using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;
using static System.FormattableString;

namespace CnpgRestore.Plans.FromDump;

/// <summary>A restore from a dump, looked at and decided.</summary>
/// <param name="Content">What the dump holds of the database.</param>
public sealed record FromDumpPlan(FromDumpDecision Decision, DumpFile Dump, DumpDatabase Content, string Address, IReadOnlyList<string> Notes)
{
    /// <summary>The names are swapped: only what comes behind the restore is left, and nobody has to look into the dump any more.</summary>
    public bool IsSwapped { get; init; }

    private string Live => $"database {Decision.Database} on {Address}";

    private string Target => $"database {Decision.Side ?? Decision.Database} on {Address}";

    private string Undo => Decision.Side is null ? "none: what it changes is the live database" : $"cnpg-restore runs undo {Decision.Run}";

    /// <summary>Why psql cannot load the dump as it is into the live database, all or nothing; null where it can.</summary>
    public string? WhyNoJobForGit => Dump.Format != DumpFormat.Plain ? null
        : Decision.Section is not null || Content.CreateOptions.Count > 0 || Content.Settings.Count > 0
        ? "the dump holds what concerns the server or a database as such, as with -C or of pg_dumpall; psql in a Job reads it as it is, and would create, connect to and change what it names there"
        : Content.HasTransactions
        ? "the dump ends transactions of its own, as pg_dump writes them around large objects; what stands in front of them would stay when the rest fails"
        : null;

    public PlanStep CreateRoles => new(
        "create-roles", $"create the roles that are missing: {string.Join(", ", Decision.Roles)}", Decision.Dump, $"creates {string.Join(", ", Decision.Roles)}", "DROP ROLE");

    public PlanStep CreateDatabase => new("create-database", Decision.Creates is { } made ? $"create {Decision.Side}, owned by {made.Owner}" : $"create {Decision.Side} beside {Decision.Database}", Live, $"creates {Target}", Undo);

    public PlanStep Load => new(
        "load",
        Decision.Strategy switch
        {
            LoadStrategy.Swap => $"load the dump into {Decision.Side}",
            LoadStrategy.Clean => $"drop in {Decision.Database} what the dump contains, and load it, in one transaction",
            LoadStrategy.Append => $"load the dump into {Decision.Database}, in one transaction",
        },
        Decision.Dump,
        $"writes to {Target}",
        Undo)
    {
        Destructive = Decision.Strategy == LoadStrategy.Clean,
    };

    public PlanStep FixSequences => new("sequences", "set sequences that are behind their columns", Target, $"sequences of {Target}", Undo);

    public PlanStep Analyze => new("analyze", "gather statistics", Target, $"statistics of {Target}", "nothing to undo");

    public PlanStep CarryOver => Decision.TakesSettings
        ? new("carry-over", "give it the settings and grants that the dump has for the database itself", Decision.Dump, Target, Undo)
        : new("carry-over", "carry over settings and grants of the live database", Live, Target, Undo);

    public PlanStep Verify => new("verify", "compare every table with the dump", $"{Target} and {Decision.Dump}", "nothing", "nothing to undo");

    public PlanStep Swap => Decision.Creates is not null ? new("swap", $"rename {Decision.Side}: it becomes {Decision.Database}", Target, $"the name of {Target}", Undo) : new(
        "swap",
        $"swap the names: {Decision.Database} becomes {Decision.Former}, {Decision.Side} becomes {Decision.Database}",
        Live,
        $"ends the sessions of {Decision.Database}; names of both databases, in one transaction",
        Undo);

    /// <summary>Of a run whose dump is in the database: the file may be another one by now, or gone.</summary>
    internal static FromDumpPlan OfLoaded(FromDumpDecision decision, string address, IReadOnlyList<string> notes) => new(
        decision, new DumpFile(decision.Dump, new ByteSize(decision.DumpSize), decision.DumpTime, Compression.ArchiveCompression.None, DumpFormat.Plain), DumpDatabase.Nothing, address, notes);

    public Plan ToPlan()
    {
        if (IsSwapped)
        {
            return new Plan(
                "from-dump", SubjectOf(Decision.Database, Decision.SystemIdentifier), $"end run {Decision.Run}: {Live} is restored from {Decision.Dump} already, and nothing is loaded again", [], Notes);
        }

        List<PlanStep> steps = Decision.Roles.Count > 0 ? [CreateRoles] : [];
        steps.AddRange(Decision.Side is null ? [Load, FixSequences, Analyze, Verify] : [CreateDatabase, Load, FixSequences, Analyze, CarryOver, Verify, Swap]);
        var verb = Decision.Strategy.ToString().ToLowerInvariant();
        var summary = Invariant($"restore {Live} from {Decision.Dump} by {verb}: {Counted.Of(Content.Tables.Count, "table")} with data, {Counted.Of(Content.Rows, "row")}");
        return new Plan("from-dump", SubjectOf(Decision.Database, Decision.SystemIdentifier), summary, steps, Notes);
    }

    /// <summary>Names the same database for journals and locks, whatever the address.</summary>
    public static string SubjectOf(string database, string systemIdentifier) => $"database {database} of system {systemIdentifier}";
}
