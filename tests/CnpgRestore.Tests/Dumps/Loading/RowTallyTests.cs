using CnpgRestore.Dumps.Loading;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Dumps.Loading;

public sealed class RowTallyTests
{
    [Fact]
    public void Rows_of_a_table_that_comes_again_are_added_in_its_first_place()
    {
        var (orders, items) = (new QualifiedName("public", "orders"), new QualifiedName("public", "items"));
        var tally = new RowTally();

        tally.Add(orders, 2, 20);
        tally.Add(items, 3, 30);
        tally.Add(orders, 5, 50);

        Assert.Equal([(orders, 7L, 70L), (items, 3L, 30L)], tally.Tables.Select(table => (table.Name, table.Rows, table.Bytes)));
        Assert.Equal((10L, 70L, 0L), (tally.Rows, tally.BytesOf(orders), tally.BytesOf(new QualifiedName("public", "other"))));
        Assert.Equal(10L, new LoadResult(tally.Tables, 0, [], new Dictionary<LoadPhase, TimeSpan>()).Rows);
    }
}
