using System.Text;
using CnpgRestore.Dumps.Loading;

namespace CnpgRestore.Tests.Dumps.Loading;

public sealed class DataOrderTests
{
    [Theory]
    [InlineData("CREATE TABLE t (id int);", true)]
    [InlineData("ALTER TABLE ONLY t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES u;", true)]
    // As a dump of data alone switches them off and on around each table.
    [InlineData("ALTER TABLE t DISABLE TRIGGER ALL;", false)]
    [InlineData("ALTER TABLE t ENABLE TRIGGER ALL;", false)]
    [InlineData("SELECT pg_catalog.setval('s', 1);", false)]
    [InlineData("COMMENT ON TABLE t IS 'CREATE';", false)]
    public void Only_what_makes_or_changes_something_asks_for_another_look_at_the_tables(string statement, bool expected) =>
        Assert.Equal(expected, DataOrder.MayChange(new DumpStatement(Encoding.UTF8.GetBytes(statement), 1, SessionState.Initial)));
}
