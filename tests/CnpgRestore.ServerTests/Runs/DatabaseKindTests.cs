using CnpgRestore.Databases;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>What a database is beside its contents is the same after a restore.</summary>
public sealed class DatabaseKindTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_is_one_again_and_the_former_one_is_dropped()
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        await server.Postgres.ExecuteAsync($"ALTER DATABASE {scene.Live.Name} IS_TEMPLATE true", Ct);
        try
        {
            await scene.RestoreAsync(LoadEngine.Parallel);
            await scene.EndAsync(undo => undo.PlanCommitAsync(Ct));

            Assert.Equal($"{scene.Live.Name} true", await server.Postgres.QueryAsync<string>($"SELECT string_agg(datname || ' ' || datistemplate, ',') FROM pg_database WHERE datname LIKE '{scene.Live.Name}%'", Ct));
            await using var session = await DatabaseSession.OpenAsync(scene.Live.Server, scene.Live.Name, Ct);
            // The server may have been made with another provider.
            Assert.Contains(" LOCALE_PROVIDER libc ", (await DatabaseProperties.ReadAsync(session, scene.Live.Name, Ct))!.CreateStatement("other"), StringComparison.Ordinal);
        }
        finally
        {
            await server.Postgres.ExecuteAsync($"ALTER DATABASE {scene.Live.Name} IS_TEMPLATE false", CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_comment_of_a_database_that_was_made_is_there_when_the_run_is_final()
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        await server.Postgres.ExecuteAsync($"COMMENT ON DATABASE {scene.Live.Name} IS 'the shop''s'", Ct);
        await File.WriteAllTextAsync(scene.Dump, await scene.Live.DumpAsync(Ct, "-C"), Ct);
        await server.Postgres.ExecuteAsync($"DROP DATABASE {scene.Live.Name}", Ct);

        await scene.RestoreAsync(LoadEngine.Parallel);
        await scene.EndAsync(undo => undo.PlanCommitAsync(Ct));

        Assert.Equal("the shop's", await server.Postgres.QueryAsync<string>($"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{scene.Live.Name}'", Ct));
    }

    [Fact]
    public async Task A_schema_of_an_archive_is_made_whatever_words_are_in_its_name()
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        await scene.Live.ExecuteAsync("""CREATE SCHEMA "x SCHEMA - public y" """, Ct);
        var archive = Path.Combine(server.Postgres.Folder, "odd.dump");
        await scene.Live.DumpAsync(Ct, "-Fc", "-f", archive);
        File.Copy(archive, scene.Dump, overwrite: true);
        await scene.Live.ExecuteAsync("""DROP SCHEMA "x SCHEMA - public y" """, Ct);

        await scene.RestoreAsync(LoadEngine.Psql);

        Assert.True(await scene.Live.QueryAsync<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'x SCHEMA - public y')", Ct));
    }
}
