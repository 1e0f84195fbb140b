namespace CnpgRestore.Dumps.Inspection;

/// <summary>What a dump holds of one database.</summary>
/// <param name="Name">Null where the dump does not say: pg_dump without -C is loaded into whatever one is connected to.</param>
/// <param name="Tables">Those with data, in the order of the dump; rows without data are not there.</param>
/// <param name="Created">How many objects of each kind are created: <c>TABLE</c> 12, <c>INDEX</c> 20.</param>
/// <param name="Dropped">The same for what is dropped first, as pg_dump -c writes it.</param>
public sealed record DumpDatabase(
    string? Name,
    IReadOnlyList<DumpTable> Tables,
    IReadOnlyList<string> Schemas,
    IReadOnlyList<string> Extensions,
    IReadOnlyDictionary<string, int> Created,
    IReadOnlyDictionary<string, int> Dropped)
{
    public long Rows => Tables.Sum(table => table.Rows);
}
