namespace CnpgRestore.LocalRestore;

/// <summary>One restored database.</summary>
/// <param name="Size">On disk, indexes included.</param>
/// <param name="Tables">By schema and name; materialized views and partitions count as tables.</param>
public sealed record DatabaseContent(string Name, ByteSize Size, IReadOnlyList<TableContent> Tables)
{
    public long Rows => Tables.Sum(table => table.Rows);
}

/// <param name="Rows">Counted, not estimated.</param>
public sealed record TableContent(string Schema, string Name, long Rows);
