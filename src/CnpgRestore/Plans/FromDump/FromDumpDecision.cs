using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CnpgRestore.Databases;

namespace CnpgRestore.Plans.FromDump;

/// <summary>
/// What a run has decided, and all that is needed to go on with it or to undo it. It stands in the journal and in the comment of the database that
/// lies aside; it holds no secret. Fields may be added, never renamed.
/// </summary>
/// <param name="To">How the server is reached.</param>
/// <param name="SystemIdentifier">Of the server: another one at the same address is not the same.</param>
/// <param name="DumpSize">With <paramref name="DumpTime"/>: a dump that was replaced is noticed.</param>
/// <param name="Section">The database's name in a dump of all databases; null where the dump is of one.</param>
/// <param name="Side">The database that is loaded beside; null where the strategy loads into the live one.</param>
/// <param name="Former">The name that the live database gets; null as <paramref name="Side"/>, and where there is no live one.</param>
/// <param name="Roles">Roles that are missing, and are created.</param>
/// <param name="RowsBefore">Rows of the dump's tables before something was appended to them.</param>
/// <param name="NotValidBefore">Constraints and indexes of a live database that were not valid before something was loaded into it; null beside one.</param>
/// <param name="Volume">The volume of the cluster that holds the dump; null where it is on a machine.</param>
/// <param name="Image">Of the pod that reads the volume.</param>
/// <param name="IsFresh">The server is made new for it, and its database is empty before.</param>
/// <param name="Creates">How the database is made, which was not there; null where it was.</param>
/// <param name="InImage">The image has this program, so that a Job loads in parallel where the dump is.</param>
/// <param name="StopsApps">The applications of the Cluster are stopped first and started last.</param>
public sealed record FromDumpDecision(
    string Run,
    string To,
    string Host,
    string SystemIdentifier,
    string Database,
    string Dump,
    long DumpSize,
    DateTimeOffset DumpTime,
    string? Section,
    LoadStrategy Strategy,
    int Jobs,
    string? Side,
    string? Former,
    IReadOnlyList<string> Roles,
    string? CheckSql,
    IReadOnlyList<RowsBefore> RowsBefore,
    LoadEngine Engine = LoadEngine.Psql,
    bool StopsApps = false,
    bool IsFresh = false,
    string? Volume = null,
    string? Image = null,
    NewDatabase? Creates = null,
    bool InImage = false,
    IReadOnlyList<string>? NotValidBefore = null)
{
    /// <summary>As a session of this run is called in <c>pg_stat_activity</c>.</summary>
    [JsonIgnore]
    public string ApplicationName => $"cnpg-restore {Run}";

    /// <summary>A Job in the cluster loads it, which outlives this program.</summary>
    [JsonIgnore]
    public bool IsLoadedByJob => Volume is not null && Strategy == LoadStrategy.Swap && (Engine == LoadEngine.Psql || InImage);

    /// <summary>No database was there whose settings and grants could go on: those of the dump are taken.</summary>
    [JsonIgnore]
    public bool TakesSettings => Creates is not null || IsFresh;

    /// <summary>A run that makes a Cluster new is found by its namespace.</summary>
    [JsonIgnore]
    public string ResumeCommand => IsFresh && To.Split('/') is [_, "", var ns, _] ? $"cnpg-restore runs resume {Run} -n {ns}" : $"cnpg-restore runs resume {Run}";

    /// <summary>Whether the names are swapped: the former database lies aside, or the one that was not there is, and says that it is this run's.</summary>
    internal bool IsSwapped(IEnumerable<RunMark> marks) => Side is not null && marks.Any(mark =>
        (mark.Database, mark.State) == (Former ?? Database, Former is null ? RunMark.Created : RunMark.Former) && TryParse(mark.Decision)?.Run == Run);

    /// <summary>Whether going on with it does what is asked for.</summary>
    public bool IsFor(FromDumpRequest request) =>
        (Dump, Volume, Strategy, CheckSql, StopsApps) == (request.Dump, request.Volume, request.Strategy, request.CheckSql, request.StopApps) && (request.Engine ?? Engine) == Engine
        && (request.Owner is null || Creates is null || Creates.Owner == request.Owner);

    /// <summary>What the plan says of where the load runs.</summary>
    internal IEnumerable<string> JobNotes => InImage ? [$"a Job with {Image} loads it, where the dump is"] : [];

    /// <summary>Asks the volume's pod whether its image has this program, in this version: what another one does to a database is not known here.</summary>
    internal async Task<FromDumpDecision> InImageAsync(FromDumpRequest request, CancellationToken ct) =>
        Volume is not null && (Engine, Strategy) == (LoadEngine.Parallel, LoadStrategy.Swap) && await request.Place.VersionAsync("cnpg-restore", ct) == ProgramVersion.Own
            ? this with { InImage = true }
            : this;

    public string ToJson() => JsonSerializer.Serialize(this, FromDumpJson.Readable.FromDumpDecision);

    /// <summary>Null where it is none.</summary>
    public static FromDumpDecision? TryParse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, FromDumpJson.Readable.FromDumpDecision) is { Run: not null, Database: not null } decision ? decision : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

public sealed record RowsBefore(string Schema, string Table, long Rows);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(FromDumpDecision))]
[JsonSerializable(typeof(FreshDecision))]
sealed partial class FromDumpJson : JsonSerializerContext
{
    public static FromDumpJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
