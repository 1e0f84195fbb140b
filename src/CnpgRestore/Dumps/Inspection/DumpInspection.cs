namespace CnpgRestore.Dumps.Inspection;

/// <summary>What one pass over a dump has shown.</summary>
/// <param name="Reason">Why it is in this state, as one clause.</param>
public sealed record DumpInspection(DumpFile File, DumpState State, string Reason)
{
    /// <summary><c>pg_dump</c> or <c>pg_dumpall</c>; null where nothing tells.</summary>
    public string? Program { get; init; }

    /// <summary>SQL that pg_dump has not written, as of another database system or by hand.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Of the program that wrote it: <c>15.14</c>.</summary>
    public string? ProgramVersion { get; init; }

    /// <summary>Of the server that was dumped.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>PostgreSQL's name for it: <c>UTF8</c>.</summary>
    public string? Encoding { get; init; }

    public IReadOnlyList<DumpDatabase> Databases { get; init; } = [];

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Memberships among <see cref="Roles"/> and others, as pg_dumpall writes them.</summary>
    public IReadOnlyList<(string Group, string Member)> Memberships { get; init; } = [];

    public IReadOnlyList<string> Tablespaces { get; init; } = [];

    /// <summary>Lines for psql that change the database, in order.</summary>
    public IReadOnlyList<string> Connects { get; init; } = [];

    /// <summary>The first statement that concerns the server or a database as such, with its line; null where there is none.</summary>
    public string? ServerStatement { get; init; }

    /// <summary>With <c>\restrict</c>, which only a psql of August 2025 or later understands.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>Decompressed.</summary>
    public ByteSize TextSize { get; init; }

    /// <summary>The line that its end lies on, as editors count: behind the last line end one more begins.</summary>
    public long Lines { get; init; }

    /// <summary>What a person should know before loading it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The database that an archive was made of, as its head says; null where it does not, and for SQL.</summary>
    public string? ArchivedDatabase { get; init; }

    /// <summary>The only database that it is of, where it says so; null where it does not, and for a whole server.</summary>
    public string? Origin => ArchivedDatabase ?? (Program == "pg_dump" && Databases is [{ Name: { } name }] ? name : null);

    /// <summary>What it holds of the database that is asked for; null where it holds nothing of that name.</summary>
    /// <param name="name">Null for the only one. A dump that does not name its database holds the one that is asked for.</param>
    public DumpDatabase? Find(string? name) => Databases switch
    {
        [var only] when name is null || only.Name is null || Program == "pg_dump" => only,
        _ => Databases.FirstOrDefault(database => database.Name == name),
    };

    /// <summary>
    /// Roles of the dump that are members of these, of members of these and so on: whoever logs in as one of them has the rights of these. Members of
    /// PostgreSQL's own roles belong to the server, and not to what these own.
    /// </summary>
    public IReadOnlyList<string> MembersOf(IEnumerable<string> roles)
    {
        var reached = roles.Where(role => role != "postgres" && !role.StartsWith("pg_", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var open = new Queue<string>(reached);
        var members = Memberships.ToLookup(membership => membership.Group, membership => membership.Member);
        var found = new List<string>();
        while (open.TryDequeue(out var group))
        {
            foreach (var member in members[group].Where(reached.Add))
            {
                found.Add(member);
                open.Enqueue(member);
            }
        }

        return [.. found.Intersect(Roles)];
    }

    public bool IsComplete => State == DumpState.Complete;

    public long Rows => Databases.Sum(database => database.Rows);
}
