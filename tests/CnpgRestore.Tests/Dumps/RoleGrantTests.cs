using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Tests.Dumps;

public sealed class RoleGrantTests
{
    [Theory]
    // As pg_dumpall writes it up to 15, and from 16 on.
    [InlineData("GRANT reporting TO app GRANTED BY admin;", "reporting", "app", "GRANT reporting TO app ")]
    [InlineData("GRANT reporting TO app WITH ADMIN OPTION GRANTED BY admin;", "reporting", "app", "GRANT reporting TO app WITH ADMIN OPTION ")]
    [InlineData("GRANT reporting TO app WITH ADMIN OPTION, INHERIT FALSE GRANTED BY postgres;", "reporting", "app", "GRANT reporting TO app WITH ADMIN OPTION, INHERIT FALSE ")]
    [InlineData("GRANT reporting TO app;", "reporting", "app", "GRANT reporting TO app;")]
    [InlineData("grant Reporting to App granted by \"Ad min\";", "reporting", "app", "grant Reporting to App ")]
    [InlineData("GRANT \"GRANTED BY x\" TO \"it's GRANTED BY y\" GRANTED BY z;", "GRANTED BY x", "it's GRANTED BY y", "GRANT \"GRANTED BY x\" TO \"it's GRANTED BY y\" ")]
    [InlineData("GRANT granted TO granted GRANTED BY granted;", "granted", "granted", "GRANT granted TO granted ")]
    [InlineData("GRANT a TO b /* GRANTED BY c */;", "a", "b", "GRANT a TO b /* GRANTED BY c */;")]
    [InlineData("GRANT é TO b GRANTED BY c;", "é", "b", "GRANT é TO b ")]
    public void A_membership_is_granted_by_whoever_runs_the_statement(string text, string group, string member, string statement) =>
        Assert.Equal(new RoleGrant(group, member, statement), RoleGrant.TryParse(Encoding.UTF8.GetBytes(text), Encoding.UTF8));

    [Theory]
    [InlineData("GRANT SELECT ON TABLE t TO app GRANTED BY admin;")]
    [InlineData("GRANT ALL ON SCHEMA s TO app;")]
    [InlineData("REVOKE reporting FROM app GRANTED BY admin;")]
    [InlineData("CREATE ROLE app;")]
    [InlineData("GRANT reporting TO")]
    [InlineData("GRANT")]
    public void Another_statement_is_none(string text) => Assert.Null(RoleGrant.TryParse(Encoding.UTF8.GetBytes(text), Encoding.UTF8));
}
