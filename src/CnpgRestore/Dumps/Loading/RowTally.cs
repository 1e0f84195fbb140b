using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Rows and bytes of each table, in the order in which they came.</summary>
sealed class RowTally
{
    private readonly Dictionary<QualifiedName, int> _places = [];
    private readonly List<DumpTable> _tables = [];

    public IReadOnlyList<DumpTable> Tables => _tables;

    public long Rows { get; private set; }

    public void Add(QualifiedName table, long rows, long bytes)
    {
        Rows += rows;
        if (_places.TryAdd(table, _tables.Count))
        {
            _tables.Add(new DumpTable(table, rows, bytes));
            return;
        }

        var known = _tables[_places[table]];
        _tables[_places[table]] = known with { Rows = known.Rows + rows, Bytes = known.Bytes + bytes };
    }

    /// <summary>Zero for a table without rows in the dump.</summary>
    public long BytesOf(QualifiedName table) => _places.TryGetValue(table, out var place) ? _tables[place].Bytes : 0;
}
