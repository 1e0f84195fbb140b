using CnpgRestore.Postgres;

namespace CnpgRestore.Databases;

/// <summary>
/// What a run writes into the comment of a database that lies aside, so that any machine finds out whose it is and how far it came:
/// <c>cnpg-restore loaded {...}</c>.
/// </summary>
/// <param name="State"><see cref="Loading"/>, <see cref="Loaded"/>, <see cref="Former"/>, <see cref="Created"/> or <see cref="Undone"/>.</param>
/// <param name="Decision">JSON of the run.</param>
public sealed record RunMark(string Database, string State, string Decision)
{
    /// <summary>It may be half loaded: nothing goes on with it.</summary>
    public const string Loading = "loading";

    /// <summary>The whole dump is in it.</summary>
    public const string Loaded = "loaded";

    /// <summary>The database that was live before the swap.</summary>
    public const string Former = "former";

    /// <summary>It is live, and there was none of its name before the run.</summary>
    public const string Created = "created";

    /// <summary>It was live between a swap and its undo.</summary>
    public const string Undone = "undone";

    private const string Word = "cnpg-restore ";

    public static string Statement(string database, string state, string decision) =>
        $"COMMENT ON DATABASE {QualifiedName.Quote(database)} IS {QualifiedName.Literal($"{Word}{state} {decision}")}";

    /// <summary>Whether a comment is a mark and not a person's.</summary>
    public static bool Is(string? comment) => comment?.StartsWith(Word, StringComparison.Ordinal) == true;

    /// <summary>All databases of the server that a run has marked.</summary>
    public static async Task<IReadOnlyList<RunMark>> ReadAsync(DatabaseSession session, CancellationToken ct)
    {
        var marks = await session.ReadAsync(
            $"SELECT datname::text, shobj_description(oid, 'pg_database') FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE '{Word}%' ORDER BY 1",
            row => (Database: row.GetString(0), Parts: row.GetString(1)[Word.Length..].Split(' ', 2)),
            ct);
        return [.. marks.Where(mark => mark.Parts.Length == 2).Select(mark => new RunMark(mark.Database, mark.Parts[0], mark.Parts[1]))];
    }
}
