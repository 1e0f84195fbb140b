using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>dumps inspect -o json</c>.</summary>
/// <param name="State"><c>complete</c>, <c>truncated</c>, <c>damaged</c>, <c>unreadable</c>, <c>empty</c> or <c>head_only</c>.</param>
/// <param name="TextBytes">Decompressed.</param>
sealed record DumpsInspectDocument(
    string File,
    string State,
    string Reason,
    string Compression,
    string Format,
    long SizeBytes,
    long TextBytes,
    long Lines,
    string? Program,
    string? ProgramVersion,
    string? ServerVersion,
    string? Encoding,
    bool Restricted,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Tablespaces,
    IReadOnlyList<string> Connects,
    IReadOnlyList<DumpDatabaseItem> Databases,
    IReadOnlyList<string> Notes)
{
    public static DumpsInspectDocument From(DumpInspection inspection) => new(
        inspection.File.Path,
        Word(inspection.State),
        inspection.Reason,
        inspection.File.Compression.ToString().ToLowerInvariant(),
        inspection.File.Format.ToString().ToLowerInvariant(),
        inspection.File.Size.Bytes,
        inspection.TextSize.Bytes,
        inspection.Lines,
        inspection.Program,
        inspection.ProgramVersion,
        inspection.ServerVersion,
        inspection.Encoding,
        inspection.IsRestricted,
        inspection.Roles,
        inspection.Tablespaces,
        inspection.Connects,
        [.. inspection.Databases.Select(database => DumpDatabaseItem.From(inspection, database))],
        inspection.Notes);

    /// <summary>A state as documents have it.</summary>
    public static string Word(DumpState state) => state switch
    {
        DumpState.Complete => "complete",
        DumpState.Truncated => "truncated",
        DumpState.Damaged => "damaged",
        DumpState.Unreadable => "unreadable",
        DumpState.Empty => "empty",
        DumpState.HeadOnly => "head_only",
    };
}

/// <param name="Name">Absent where the dump does not name its database.</param>
/// <param name="Rows">Absent where only the head was read, as <paramref name="Tables"/>.</param>
sealed record DumpDatabaseItem(
    string? Name,
    long? Rows,
    IReadOnlyList<string> Schemas,
    IReadOnlyList<string> Extensions,
    IReadOnlyDictionary<string, int> Created,
    IReadOnlyDictionary<string, int> Dropped,
    IReadOnlyList<DumpTableItem>? Tables)
{
    public static DumpDatabaseItem From(DumpInspection inspection, DumpDatabase database) => new(
        database.Name ?? inspection.ArchivedDatabase,
        inspection.State == DumpState.HeadOnly ? null : database.Rows,
        database.Schemas,
        database.Extensions,
        database.Created,
        database.Dropped,
        inspection.State == DumpState.HeadOnly ? null : [.. database.Tables.Select(table => new DumpTableItem(table.Name.ToString(), table.Rows, table.Bytes))]);
}

sealed record DumpTableItem(string Name, long Rows, long Bytes);
