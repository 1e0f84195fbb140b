using CnpgRestore.Databases;

namespace CnpgRestore.Tests.Databases;

public sealed class SqlCheckTests
{
    [Fact]
    public void A_statement_ends_with_a_semicolon_at_the_end_of_a_line()
    {
        var checks = SqlCheck.Parse("""
            -- before the mistake
            select count(*) > 0 from pg_roles;
            \connect "shop"
            select 'a;b'
              from orders where id = 1;
            """, "postgres");

        Assert.Equal(
            [new SqlCheck("postgres", "select count(*) > 0 from pg_roles"), new SqlCheck("shop", "select 'a;b'\n  from orders where id = 1")],
            checks);
    }

    [Theory]
    [InlineData("select 1")]
    [InlineData(@"\timing on")]
    public void Refuses_what_it_would_silently_leave_out(string text) =>
        Assert.Equal(ProblemCode.Usage, Assert.Throws<RestoreException>(() => SqlCheck.Parse(text, "postgres")).Problem.Code);
}
