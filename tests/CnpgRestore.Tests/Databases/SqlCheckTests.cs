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

    [Fact]
    public async Task A_file_that_is_not_there_or_is_none_is_named()
    {
        var missing = await Assert.ThrowsAsync<RestoreException>(() => SqlCheck.ReadAsync("/nowhere/checks.sql", "postgres", TestContext.Current.CancellationToken));
        var folder = await Assert.ThrowsAsync<RestoreException>(() => SqlCheck.ReadAsync("/", "postgres", TestContext.Current.CancellationToken));
        Assert.Equal((ProblemCode.NotFound, "/nowhere/checks.sql does not exist"), (missing.Problem.Code, missing.Problem.Message));
        Assert.Equal((ProblemCode.AccessDenied, "/ may not be read"), (folder.Problem.Code, folder.Problem.Message));
    }

    [Theory]
    [InlineData("select 1")]
    [InlineData(@"\timing on")]
    public void Refuses_what_it_would_silently_leave_out(string text) =>
        Assert.Equal(ProblemCode.Usage, Assert.Throws<RestoreException>(() => SqlCheck.Parse(text, "postgres")).Problem.Code);
}
