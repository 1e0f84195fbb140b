namespace CnpgRestore.ServerTests.Dumps;

/// <summary>What pg_dump wrote under any of its options comes back as psql would bring it back, to the byte.</summary>
public sealed class DumpOptionTests(LoadScene scene) : IClassFixture<LoadScene>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("--no-owner --no-privileges --no-comments")]
    [InlineData("--inserts")]
    [InlineData("--column-inserts")]
    [InlineData("--rows-per-insert=7")]
    [InlineData("--inserts --on-conflict-do-nothing")]
    [InlineData("--quote-all-identifiers")]
    [InlineData("--disable-dollar-quoting")]
    [InlineData("--load-via-partition-root")]
    [InlineData("--no-unlogged-table-data --no-table-access-method --no-toast-compression --no-security-labels --no-tablespaces")]
    [InlineData("--encoding=LATIN1")]
    [InlineData("--encoding=SQL_ASCII")]
    [InlineData("--schema-only")]
    public async Task Every_kind_of_object_comes_back_as_with_psql(string options)
    {
        var dump = await scene.DumpAsync(LoadScene.Zoo, Ct, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var (byPsql, byUs) = (await scene.NewDatabaseAsync(Ct), await scene.NewDatabaseAsync(Ct));

        await scene.LoadByPsqlAsync(dump, byPsql, Ct);
        await scene.LoadAsync(dump, byUs, Ct);

        Assert.Equal(await scene.ContentAsync(byPsql, Ct), await scene.ContentAsync(byUs, Ct));
    }

    [Theory]
    [InlineData("--data-only --disable-triggers")]
    [InlineData("--data-only --disable-triggers --inserts")]
    public async Task Rows_alone_come_back_into_tables_with_keys_and_triggers(string options)
    {
        var dump = await scene.DumpAsync(LoadScene.Zoo, Ct, options.Split(' '));
        var schema = await scene.DumpAsync(LoadScene.Zoo, Ct, "--schema-only");
        var target = await scene.NewDatabaseAsync(Ct);
        await scene.LoadByPsqlAsync(schema, target, Ct);
        var byPsql = await scene.NewDatabaseAsync(Ct);
        await scene.LoadByPsqlAsync(schema, byPsql, Ct);
        await scene.LoadByPsqlAsync(dump, byPsql, Ct);

        await scene.LoadAsync(dump, target, Ct);

        Assert.Equal(await scene.ContentAsync(byPsql, Ct), await scene.ContentAsync(target, Ct));
    }
}
