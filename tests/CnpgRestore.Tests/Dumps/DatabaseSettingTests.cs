using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Tests.Dumps;

public sealed class DatabaseSettingTests
{
    [Theory]
    [InlineData("ALTER DATABASE app SET search_path TO 'x', public;", "ALTER DATABASE \"other db\" SET search_path TO 'x', public;")]
    [InlineData("ALTER DATABASE app CONNECTION LIMIT = 17;", "ALTER DATABASE \"other db\" CONNECTION LIMIT = 17;")]
    [InlineData("ALTER ROLE \"of app\" IN DATABASE app SET \"my.own\" TO '1';", "ALTER ROLE \"of app\" IN DATABASE \"other db\" SET \"my.own\" TO '1';")]
    [InlineData("REVOKE CONNECT,TEMPORARY ON DATABASE app FROM PUBLIC;", "REVOKE CONNECT,TEMPORARY ON DATABASE \"other db\" FROM PUBLIC;")]
    [InlineData("GRANT ALL ON DATABASE \"app\" TO reader WITH GRANT OPTION;", "GRANT ALL ON DATABASE \"other db\" TO reader WITH GRANT OPTION;")]
    public void What_a_database_has_beside_its_contents_is_given_to_one_of_another_name(string statement, string expected)
    {
        var setting = DatabaseSetting.TryParse(Encoding.UTF8.GetBytes(statement), Encoding.UTF8);

        Assert.Equal(("app", expected), (setting?.Database, setting?.StatementFor("other db")));
    }

    [Theory]
    [InlineData("ALTER DATABASE app SET TABLESPACE fast;")]
    [InlineData("ALTER DATABASE app OWNER TO reader;")]
    [InlineData("ALTER DATABASE app IS_TEMPLATE = true;")]
    [InlineData("ALTER DATABASE app RENAME TO other;")]
    [InlineData("ALTER ROLE reader SET work_mem TO '1MB';")]
    [InlineData("GRANT ALL ON DATABASE app, other TO reader;")]
    [InlineData("GRANT ALL ON TABLE database TO reader;")]
    [InlineData("GRANT reader TO writer;")]
    [InlineData("ALTER TABLE database SET SCHEMA app;")]
    [InlineData("ALTER DATABASE")]
    [InlineData("GRANT ALL ON DATABASE")]
    public void What_is_none_or_belongs_to_the_server_stays_behind(string statement) =>
        Assert.Null(DatabaseSetting.TryParse(Encoding.UTF8.GetBytes(statement), Encoding.UTF8));
}
