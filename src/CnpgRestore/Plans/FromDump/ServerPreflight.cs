using CnpgRestore.Databases;
using CnpgRestore.Databases.Verification;
using CnpgRestore.Dumps.Inspection;
using static System.FormattableString;

namespace CnpgRestore.Plans.FromDump;

/// <summary>What on the server stands in the way of loading a dump. Only reads.</summary>
/// <param name="session">To the maintenance database.</param>
sealed class ServerPreflight(IDatabaseServer server, DatabaseSession session, FromDumpRequest request)
{
    private const int NamesShown = 8;

    private readonly List<Problem> _problems = [];

    /// <summary>What to know; no reason to refuse.</summary>
    public List<string> Notes { get; } = [];

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Roles that are missing and stand in the dump itself.</summary>
    public IReadOnlyList<string> RolesToCreate { get; private set; } = [];

    /// <summary>How the database is made; null where it is there.</summary>
    public NewDatabase? Creates { get; private set; }

    /// <summary>Rows in the tables that are appended to.</summary>
    public IReadOnlyList<RowsBefore> RowsBefore { get; private set; } = [];

    /// <summary>What in the live database is not valid, and is no fault of the dump.</summary>
    public IReadOnlyList<string>? NotValidBefore { get; private set; }

    public async Task CheckAsync(DumpInspection dump, DumpDatabase content, CancellationToken ct)
    {
        var live = await DatabaseProperties.ReadAsync(session, request.Database, ct);
        await CheckServerAsync(dump, content, isBeside: live is not null, ct);
        await CheckRolesAsync(dump, content.Roles, ct);
        await CheckExtensionsAsync(content, ct);
        if (live is null)
        {
            await CheckNewAsync(dump, content, ct);
            await NameRolesLeftAsync(dump, ct);
            return;
        }

        await NameRolesLeftAsync(dump, ct);

        if (request.Owner is { } asked && asked != live.Owner)
        {
            Notes.Add($"{request.Database} is there and stays {live.Owner}'s: --owner is for a database that does not exist yet");
        }

        await CheckSessionsAsync(ct);
        if (request.Strategy == LoadStrategy.Swap)
        {
            await CheckSwapAsync(dump, live, ct);
        }
        else
        {
            await CheckLiveAsync(content, ct);
        }
    }

    private async Task CheckServerAsync(DumpInspection dump, DumpDatabase content, bool isBeside, CancellationToken ct)
    {
        if (!await session.ValueAsync<bool>("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", ct))
        {
            _problems.Add(new Problem(
                ProblemCode.AccessDenied, $"Permission denied: {await session.ValueAsync<string>("SELECT current_user::text", ct)} is no superuser on {server.Address}",
                "a dump makes extensions and gives objects to other roles", "connect as postgres"));
        }

        if (await session.ValueAsync<bool>("SELECT pg_is_in_recovery()", ct))
        {
            _problems.Add(new Problem(ProblemCode.Refused, $"{server.Address} is a standby, which only reads", null, "name the primary in --to"));
        }

        var needed = DumpVersion.Needs(dump, content, request.EngineFor(dump.File.Format), isBeside);
        if (needed > session.Version.Major)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                $"the dump is newer than the server: it needs PostgreSQL {needed}",
                $"written by {dump.Program} {dump.ProgramVersion} from a server {dump.ServerVersion}; {server.Address} is {session.Version}",
                "restore into a server of that version or a later one"));
        }
        else if (DumpVersion.NoteOf(dump, session.Version.Major) is { } note)
        {
            Notes.Add(note);
        }
    }

    private async Task CheckRolesAsync(DumpInspection dump, IReadOnlyList<string> needed, CancellationToken ct)
    {
        var present = await RolesAsync(ct);
        var missing = needed.Except(present).ToList();
        // Who logs in is often only a member of the role that owns everything.
        RolesToCreate = request.CreateRoles ? [.. RolesToCreate.Union(missing.Intersect(dump.Roles)).Union(dump.MembersOf(needed).Except(present))] : [];
        missing = [.. missing.Except(RolesToCreate)];
        if (missing.Count > 0)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                $"roles are missing: {Names(missing)}",
                "objects of the dump belong to them or are granted to them",
                $"createuser {missing[0]}, or restore from a dump of pg_dumpall, which has its roles with it"));
        }
    }

    /// <summary>On another server, an application may want to log in as one of them.</summary>
    private async Task NameRolesLeftAsync(DumpInspection dump, CancellationToken ct)
    {
        var left = dump.Roles.Except(await RolesAsync(ct)).Except(RolesToCreate).ToList();
        if (left.Count > 0)
        {
            Notes.Add($"roles of the dump that are not created, as {(request.CreateRoles ? $"nothing of {request.Database} needs them" : "--no-roles says")}: {Names(left)}");
        }
    }

    private Task<IReadOnlyList<string>> RolesAsync(CancellationToken ct) => session.ReadAsync("SELECT rolname::text FROM pg_roles", row => row.GetString(0), ct);

    private async Task CheckExtensionsAsync(DumpDatabase content, CancellationToken ct)
    {
        var available = await session.ReadAsync("SELECT name::text FROM pg_available_extensions", row => row.GetString(0), ct);
        var missing = content.Extensions.Except(available).ToList();
        if (missing.Count > 0)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused, $"extensions are not installed on the server: {Names(missing)}", "their files are in its image or its packages", "use an image that has them"));
        }
    }

    private async Task CheckSessionsAsync(CancellationToken ct)
    {
        var clients = await session.ReadAsync(
            """
            SELECT concat_ws(' ', usename, nullif(application_name, ''), host(client_addr)), count(*) FROM pg_stat_activity
            WHERE datname = $1 AND backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1 ORDER BY 2 DESC, 1
            """,
            row => Invariant($"{row.GetString(0)} ({row.GetInt64(1)})"),
            ct,
            request.Database);
        if (clients.Count > 0)
        {
            Notes.Add($"{request.Database} is in use: {Names(clients)}; {(request.Strategy == LoadStrategy.Swap ? "these sessions end at the swap, and what they write until then stays in the former database" : "stop the applications first")}");
        }
    }

    private async Task CheckSwapAsync(DumpInspection dump, DatabaseProperties live, CancellationToken ct)
    {
        if (request.Database is "postgres" or "template0" or "template1")
        {
            _problems.Add(new Problem(
                ProblemCode.Refused, $"database {request.Database} is not swapped: the server and CloudNativePG need it as it is", null, "take a database of its own, or add --strategy append"));
        }

        var prepared = await session.ReadAsync("SELECT gid FROM pg_prepared_xacts WHERE database = $1 ORDER BY 1", row => row.GetString(0), ct, request.Database);
        if (prepared.Count > 0)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused, $"{request.Database} has prepared transactions, which hold its name", Names(prepared), "psql: COMMIT PREPARED or ROLLBACK PREPARED"));
        }

        var slots = await session.ReadAsync("SELECT slot_name::text FROM pg_replication_slots WHERE database = $1 ORDER BY 1", row => row.GetString(0), ct, request.Database);
        if (slots.Count > 0)
        {
            Notes.Add($"logical replication slots stay with the former database: {Names(slots)}");
        }

        var subscriptions = await Subscriptions.ReadAsync(session, request.Database, ct);
        if (subscriptions.Count > 0)
        {
            Notes.Add($"subscriptions stay with the former database, which receives nothing any more: {Names(subscriptions)}; those of the dump are not enabled, and a slot at the publisher that nobody reads keeps its WAL");
        }

        await CheckSpaceAsync(dump, $"; the live database has {live.Size}", ct);
    }

    /// <summary>There is no database of that name: what the dump says of it, or the server's own ways.</summary>
    private async Task CheckNewAsync(DumpInspection dump, DumpDatabase content, CancellationToken ct)
    {
        if (request.Strategy != LoadStrategy.Swap)
        {
            _problems.Add(new Problem(
                ProblemCode.NotFound, $"database {request.Database} does not exist on {server.Address}", $"there is nothing to {request.Strategy.ToString().ToLowerInvariant()}", "--strategy swap creates it"));
            return;
        }

        var creation = dump.File.Format == Dumps.DumpFormat.Plain ? content : await DumpInspector.ReadCreationAsync(dump.File, ct);
        // Grants and settings of the database itself, which an archive tells apart from what is in it.
        await CheckRolesAsync(dump, [.. (creation?.Roles ?? []).Concat(creation?.SettingRoles ?? []).Except(content.Roles)], ct);
        var owner = request.Owner ?? creation?.StatedOwner ?? content.Owner ?? request.DefaultOwner ?? await session.ValueAsync<string>("SELECT current_user::text", ct);
        if (!await session.ValueAsync<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", ct, owner))
        {
            if (request.CreateRoles && dump.Roles.Contains(owner))
            {
                RolesToCreate = [.. RolesToCreate.Union([owner]).Union(dump.MembersOf([owner]).Except(await RolesAsync(ct)))];
            }
            else if (!content.Roles.Contains(owner))
            {
                _problems.Add(new Problem(ProblemCode.Refused, $"roles are missing: {owner}", $"{request.Database} would belong to it", $"createuser {owner}, or name another one: --owner"));
            }
        }

        Creates = new NewDatabase(owner, await OptionsAsync(creation?.CreateOptions ?? content.CreateOptions, dump.Encoding, ct), creation?.Comment);
        var options = string.Join(", ", Creates.Options.Select(option => $"{option.Key} {option.Value}"));
        Notes.Add($"database {request.Database} does not exist: it will be created, owned by {owner}, {(options.Length == 0 ? "as template0 is" : $"with {options}")}");
        if ((creation ?? content) is { CreateOptions.Count: 0, Settings: [] })
        {
            Notes.Add("the dump has no settings and grants of the database itself (ALTER DATABASE ... SET, GRANT ... ON DATABASE): pg_dump writes them with -C");
        }

        await CheckSpaceAsync(dump, "", ct);
    }

    private async Task<IReadOnlyDictionary<string, string>> OptionsAsync(IReadOnlyDictionary<string, string> stated, string? encoding, CancellationToken ct)
    {
        if (stated.Count > 0 || encoding is null)
        {
            return stated;
        }

        var (present, collation) = (await session.ReadAsync(
            "SELECT pg_encoding_to_char(encoding)::text, datcollate::text FROM pg_database WHERE datname = 'template0'", row => (row.GetString(0), row.GetString(1)), ct))[0];
        // A locale belongs to one encoding; C and POSIX go with every one (PostgreSQL manual, 24.3).
        return encoding == present || collation is "C" or "POSIX"
            ? new SortedDictionary<string, string> { ["ENCODING"] = encoding }
            : new SortedDictionary<string, string> { ["ENCODING"] = encoding, ["LOCALE"] = "C" };
    }

    private async Task CheckSpaceAsync(DumpInspection dump, string beside, CancellationToken ct)
    {
        if (await server.FreeSpaceAsync(await session.ValueAsync<string>("SHOW data_directory", ct), ct) is not { } free)
        {
            return;
        }

        var sizes = $"{free} are free, the dump has {dump.TextSize} of text{beside}";
        if (free.CompareTo(dump.TextSize) < 0)
        {
            _problems.Add(new Problem(ProblemCode.Refused, $"No space left on the disk of {server.Address} for the database that is loaded", sizes, "make room there"));
            return;
        }

        // Where it fills up, PostgreSQL stops, and the database that is in use with it.
        Notes.Add($"on the disk of {server.Address} {sizes}");
    }

    private async Task CheckLiveAsync(DumpDatabase content, CancellationToken ct)
    {
        await using var inside = await DatabaseSession.OpenAsync(server, request.Database, ct);
        var relations = new Relations(inside);
        NotValidBefore = await relations.NotValidNamesAsync(ct);
        var named = content.Tables.Select(table => table.Name).Concat(content.Owners.Keys).Select(name => name.In("public")).ToHashSet();
        var present = (await relations.ReadAsync(ct)).Where(relation => named.Contains(relation.Name)).ToList();
        if (request.Strategy == LoadStrategy.Clean)
        {
            var lost = new List<string>();
            foreach (var relation in present.Where(relation => !relation.IsPartitioned))
            {
                lost.Add(Invariant($"{relation.Name} ({await relations.CountAsync(relation, ct)} rows)"));
            }

            Notes.Add(lost.Count == 0 ? "nothing of what the dump holds is there yet" : $"these are lost, and made again from the dump: {string.Join(", ", lost)}");
            return;
        }

        if (present.Count > 0 && content.Created.ContainsKey("TABLE"))
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                $"Relation already exists: {Names([.. present.Select(relation => relation.Name.ToString())])}",
                Invariant($"{present.Count} tables that the dump creates are in {request.Database}"),
                "restore beside it: --strategy swap; or write the dump with pg_dump --data-only"));
            return;
        }

        var rows = new List<RowsBefore>();
        foreach (var relation in present.Where(relation => content.Tables.Any(table => table.Name == relation.Name)))
        {
            rows.Add(new RowsBefore(relation.Name.Schema!, relation.Name.Name, await relations.CountAsync(relation, ct)));
        }

        RowsBefore = rows;
        Notes.Add(rows.Count == 0 ? $"nothing that is in {request.Database} is changed" : Invariant($"rows are added to {rows.Count} tables of {request.Database}; taking them out again is up to you"));
    }

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", ..." : "");
}
