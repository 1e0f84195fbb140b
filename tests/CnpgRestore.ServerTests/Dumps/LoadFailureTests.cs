using System.Text;

namespace CnpgRestore.ServerTests.Dumps;

/// <summary>The first error ends a load and says what, where and what to do.</summary>
public sealed class LoadFailureTests(LoadScene scene) : IClassFixture<LoadScene>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_relation_that_exists_is_named_with_its_line()
    {
        var target = await scene.NewDatabaseAsync(Ct);
        await scene.Postgres.ExecuteAsync("CREATE TABLE orders (id integer)", Ct, target);

        var problem = await ProblemAsync(Script("SET default_tablespace = '';\n\nCREATE TABLE public.orders (\n    id integer\n);"), target);

        Assert.Equal((ProblemCode.Stopped, "Relation already exists: relation \"orders\" already exists"), (problem.Code, problem.Message));
        Assert.Contains("line 7 of the dump: CREATE TABLE public.orders ( id integer );; SQLSTATE 42P07", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_role_is_named()
    {
        var problem = await ProblemAsync(Script("CREATE TABLE public.a (b integer);\nALTER TABLE public.a OWNER TO \"Nobody\";"));

        Assert.Equal("role \"Nobody\" does not exist", problem.Message);
        Assert.Contains("line 6 of the dump: ALTER TABLE public.a OWNER TO", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_extension_is_named()
    {
        var problem = await ProblemAsync(Script("CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;"));

        Assert.Contains("\"postgis\" is not available", problem.Message, StringComparison.Ordinal);
        Assert.Contains("extension must be installed", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_is_not_permitted_is_an_access_problem()
    {
        await scene.Postgres.ExecuteAsync("CREATE ROLE plain_user LOGIN", Ct);
        var target = await scene.NewDatabaseAsync(Ct);
        var path = await scene.WriteAsync(Encoding.UTF8.GetBytes(Script("CREATE TABLE public.a (b integer);")), Ct);

        var e = await Assert.ThrowsAsync<RestoreException>(() => scene.LoadAsync(path, target, Ct, user: "plain_user"));

        Assert.Equal((ProblemCode.AccessDenied, "Permission denied: permission denied for schema public"), (e.Problem.Code, e.Problem.Message));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60_000)]
    [InlineData(99_999)]
    public async Task A_row_that_does_not_fit_is_found_at_its_line_of_the_dump(int bad)
    {
        var rows = Enumerable.Range(1, 100_000).Select(number => number == bad ? $"{number}x\t-" : $"{number}\tsome text that makes the line a little longer");
        var problem = await ProblemAsync(Script($"CREATE TABLE public.a (b integer, c text);\nCOPY public.a (b, c) FROM stdin;\n{string.Join('\n', rows)}\n\\.\n"));

        Assert.Contains($"invalid input syntax for type integer: \"{bad}x\"", problem.Message, StringComparison.Ordinal);
        // Four lines of head, two statements.
        Assert.Contains($"line {6 + bad} of the dump: COPY public.a (b, c) FROM stdin;", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO public.a VALUES (1);\nINSERT INTO public.a VALUES (2);\nINSERT INTO public.a VALUES ('x');", 8)]
    [InlineData("INSERT INTO public.a VALUES (1);\nALTER TABLE ONLY public.a ADD CONSTRAINT k PRIMARY KEY (b);\nALTER TABLE ONLY public.a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES public.none(b);", 8)]
    [InlineData("BEGIN;\nSELECT 1;\nSELECT 1 / 0;\nCOMMIT;", 8)]
    [InlineData("SET no_such_setting = 1;\nSELECT 1;", 6)]
    public async Task The_line_is_that_of_the_statement_which_failed_among_several(string statements, int line)
    {
        var problem = await ProblemAsync(Script($"CREATE TABLE public.a (b integer);\n{statements}"));

        Assert.StartsWith($"line {line} of the dump", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.999)]
    public async Task A_truncated_dump_is_not_taken_for_a_whole_one(double part)
    {
        var whole = await File.ReadAllBytesAsync(await scene.DumpAsync(LoadScene.Zoo, Ct), Ct);
        var path = await scene.WriteAsync(whole[..(int)(whole.Length * part)], Ct);
        var target = await scene.NewDatabaseAsync(Ct);

        var e = await Assert.ThrowsAsync<RestoreException>(() => scene.LoadAsync(path, target, Ct));

        Assert.Equal((ProblemCode.Stopped, "The dump is truncated"), (e.Problem.Code, e.Problem.Message));
    }

    [Fact]
    public async Task A_line_for_psql_that_changes_the_meaning_stops_the_load()
    {
        var problem = await ProblemAsync(Script("CREATE TABLE public.a (b integer);\n\\include other.sql\n"));

        Assert.Equal("A line for psql is not understood: \\include other.sql", problem.Message);
    }

    [Fact]
    public async Task A_dump_of_all_databases_needs_the_name_of_one_that_is_in_it()
    {
        var dump = await scene.DumpAllAsync(Ct, "--schema-only");
        var target = await scene.NewDatabaseAsync(Ct);

        var unnamed = await Assert.ThrowsAsync<RestoreException>(() => scene.LoadAsync(dump, target, Ct));
        var unknown = await Assert.ThrowsAsync<RestoreException>(() => scene.LoadAsync(dump, target, Ct, part: "nowhere"));

        Assert.Equal(ProblemCode.Usage, unnamed.Problem.Code);
        Assert.Equal((ProblemCode.NotFound, "Database nowhere is not in the dump"), (unknown.Problem.Code, unknown.Problem.Message));
        Assert.Contains(LoadScene.Zoo, unknown.Problem.Detail, StringComparison.Ordinal);
    }

    private async Task<Problem> ProblemAsync(string script, string? database = null)
    {
        var target = database ?? await scene.NewDatabaseAsync(Ct);
        var path = await scene.WriteAsync(Encoding.UTF8.GetBytes(script), Ct);
        return (await Assert.ThrowsAsync<RestoreException>(() => scene.LoadAsync(path, target, Ct))).Problem;
    }

    /// <summary>The statements begin on line 5.</summary>
    private static string Script(string statements) => $"--\n-- PostgreSQL database dump\n--\n\n{statements}\n\n--\n-- PostgreSQL database dump complete\n--\n";
}
