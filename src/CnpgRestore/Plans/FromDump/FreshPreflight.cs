using System.Globalization;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Plans.FromDump;

/// <summary>
/// Whether a Cluster that does not exist yet will take a dump: afterwards it is too late. What only its PostgreSQL could tell is asked of the present
/// one, where that answers.
/// </summary>
sealed class FreshPreflight(KubernetesApi api, FreshRequest request, Situation situation, FromDumpDecision load)
{
    private const string Superuser = "postgres";

    private readonly List<Problem> _problems = [];

    public IReadOnlyList<Problem> Problems => _problems;

    public List<string> Notes { get; } = [];

    /// <summary>Those that the new Cluster does not have, and that stand in the dump or are CloudNativePG's own, which it makes when it needs them.</summary>
    public IReadOnlyList<string> RolesToCreate { get; private set; } = [];

    public async Task CheckAsync(DumpInspection dump, DumpDatabase content, ApplicationDatabase application, bool createsRoles, CancellationToken ct)
    {
        CheckVersion(dump, content);
        // Grants of the database itself, which an archive tells apart from what is in it.
        var creation = dump.File.Format == Dumps.DumpFormat.Plain ? null : await DumpInspector.ReadCreationAsync(dump.File, ct);
        CheckRoles(dump, [.. content.Roles.Concat(content.SettingRoles).Concat(creation?.Roles ?? []).Concat(creation?.SettingRoles ?? []).Distinct()], application, createsRoles);
        CheckSize(dump);
        if (situation.Live?.Text("status", "currentPrimary") is { Length: > 0 } primary)
        {
            await AskPresentAsync(new InstancePsql(api, request.Namespace, primary), content, ct);
        }
        else
        {
            Notes.Add(content.Extensions.Count == 0 ? "no database runs that could be asked what else it holds"
                : $"no database runs that could be asked: the image must have the extensions {string.Join(", ", content.Extensions)}");
        }
    }

    private void CheckVersion(DumpInspection dump, DumpDatabase content)
    {
        var needed = DumpVersion.Needs(dump, content, load.Engine, isBeside: false);
        if (situation.Manifest.PostgresMajor is not { } major)
        {
            Notes.Add(Invariant($"the manifest does not say its PostgreSQL; the dump needs {needed} or later"));
        }
        else if (needed > major)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                Invariant($"the dump is newer than the server: it needs PostgreSQL {needed}"),
                Invariant($"written by {dump.Program} {dump.ProgramVersion} from a server {dump.ServerVersion}; the manifest says PostgreSQL {major}"),
                Invariant($"set spec.imageName to an image of PostgreSQL {needed}")));
        }
        else if (DumpVersion.NoteOf(dump, major) is { } note)
        {
            Notes.Add(note);
        }
    }

    /// <summary>A new Cluster has the owner's role, and those of <c>spec.managed.roles</c>.</summary>
    private void CheckRoles(DumpInspection dump, IReadOnlyList<string> needed, ApplicationDatabase application, bool createsRoles)
    {
        var managed = Managed();
        var missing = Missing(needed);
        // A Pooler that comes later finds its role; a grant that comes before it would fail. Who logs in is often only a member of the role that owns everything.
        RolesToCreate = createsRoles ? [.. missing.Intersect(dump.Roles.Union(CnpgNames.OperatorRoles)).Union(Missing(dump.MembersOf([.. needed, application.Owner])))] : [];
        missing = [.. missing.Except(RolesToCreate)];
        if (Missing(dump.Roles).Except(CnpgNames.OperatorRoles).Except(RolesToCreate).ToList() is { Count: > 0 } left)
        {
            Notes.Add($"roles of the dump that the new Cluster will not have, as {(createsRoles ? $"nothing of {application.Database} needs them" : "--no-roles says")}: {string.Join(", ", left)}");
        }

        if (missing.Count > 0)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                $"roles are missing: {string.Join(", ", missing)}",
                $"objects of the dump belong to them or are granted to them; the new Cluster has {Superuser}, {application.Owner} and what spec.managed.roles names",
                "add them to spec.managed.roles, or restore from a dump of pg_dumpall, which has its roles with it"));
        }

        List<string> Missing(IEnumerable<string> roles) =>
            [.. roles.Except([Superuser, application.Owner, "streaming_replica"]).Where(role => !role.StartsWith("pg_", StringComparison.Ordinal) && !managed.Contains(role))];
    }

    private HashSet<string> Managed() =>
        [.. situation.Set.ReadJson(request.Cluster)["spec"].At("managed").Items("roles").Where(role => role.Text("ensure") != "absent").Select(role => role.Text("name")).OfType<string>()];

    private void CheckSize(DumpInspection dump)
    {
        var text = situation.Set.ReadJson(request.Cluster)["spec"].Text("storage", "size");
        if (text is not null && Quantity.TryParse(text) is { } size && size.CompareTo(dump.TextSize) < 0)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                $"No space left on the disk of the new Cluster: {dump.TextSize} of text do not fit into {text}",
                "spec.storage.size is smaller than the dump",
                "make spec.storage.size larger"));
        }
    }

    private async Task AskPresentAsync(InstancePsql present, DumpDatabase content, CancellationToken ct)
    {
        try
        {
            var empty = long.Parse(await present.ValueAsync(Superuser, "SELECT pg_database_size('template1') + 1048576", ct), CultureInfo.InvariantCulture);
            var others = await present.QueryAsync(Superuser, "SELECT datname, pg_database_size(oid) FROM pg_database WHERE NOT datistemplate ORDER BY 1", ct);
            CheckOthers([.. others.Where(other => other[0] != load.Database).Select(other => (other[0], long.Parse(other[1], CultureInfo.InvariantCulture))).Where(other => other.Item2 > empty)]);
            var available = (await present.QueryAsync(Superuser, "SELECT name FROM pg_available_extensions", ct)).Select(row => row[0]).ToHashSet();
            var missing = content.Extensions.Where(name => !available.Contains(name)).ToList();
            if (missing.Count > 0 && situation.Live.At("spec").Text("imageName") == situation.Manifest.ImageName)
            {
                _problems.Add(new Problem(
                    ProblemCode.Refused, $"extensions are not installed on the server: {string.Join(", ", missing)}", $"its image is {situation.Manifest.ImageName}", "use an image that has them"));
            }
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.AccessDenied or ProblemCode.Unreachable or ProblemCode.NotFound or ProblemCode.Refused)
        {
            Notes.Add($"the present database does not answer, so nobody can tell what else it holds: {e.Problem.Message}");
        }
    }

    private void CheckOthers(IReadOnlyList<(string Name, long Size)> others)
    {
        if (others.Count == 0)
        {
            return;
        }

        var names = string.Join(", ", others.Select(other => $"{other.Name} ({new ByteSize(other.Size)})"));
        if (request.LosesOthers)
        {
            Notes.Add($"these databases are lost with the Cluster: {names}");
            return;
        }

        _problems.Add(new Problem(
            ProblemCode.Refused,
            $"the Cluster holds other databases, which would be lost with it: {names}",
            $"the dump brings back {load.Database} alone",
            "restore beside the live one: --strategy swap; or add --lose-others"));
    }
}
