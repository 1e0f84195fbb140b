using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Tests.Plans.FromDump;

/// <summary>What is said of a dump before anything is changed for it.</summary>
public sealed class DumpPreflightTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_several_connections_nothing_is_loaded_into_a_live_database()
    {
        var dump = await WholeServerAsync();
        var request = Request(dump) with { Strategy = LoadStrategy.Append, Engine = LoadEngine.Parallel };

        var problem = Assert.Single(DumpPreflight.Check(dump, request));

        Assert.Equal((ProblemCode.Refused, $"--engine parallel cannot load {dump.File.Path} by append", "leave --engine out"), (problem.Code, problem.Message, problem.Hint));
        Assert.Empty(DumpPreflight.Check(dump, request with { Strategy = LoadStrategy.Swap }));
    }

    [Fact]
    public async Task A_database_that_is_not_in_the_dump_is_told_with_those_that_are()
    {
        var dump = await WholeServerAsync();

        var problem = Assert.Single(DumpPreflight.Check(dump, Request(dump) with { Database = "elsewhere" }));

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.All(dump.Databases, database => Assert.Contains(database.Name!, problem.Detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\nCREATE INDEX i ON public.t (id);", "creates no tables", "1 CONSTRAINT, 1 INDEX")]
    [InlineData("COPY public.t (id) FROM stdin;\n1\n\\.", "creates no tables", "rows of 1 tables")]
    [InlineData("DROP TABLE public.t;", "creates no tables", "nothing of what it drops")]
    [InlineData("CREATE TABLE public.p (id int) PARTITION BY RANGE (id);\nCREATE TABLE public.t (id int);", "holds no rows", "--schema-only")]
    [InlineData("CREATE TABLE public.p (id int) PARTITION BY RANGE (id);", null, null)]
    [InlineData("CREATE TABLE public.t (id int);\nCOPY public.t (id) FROM stdin;\n\\.", null, null)]
    [InlineData("CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';", null, null)]
    public async Task A_part_of_a_database_does_not_take_the_place_of_a_whole_one(string statements, string? message, string? detail)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, $"--\n-- PostgreSQL database dump\n--\n{statements}\n--\n-- PostgreSQL database dump complete\n--\n\n", Ct);
            var dump = await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(path, Ct), progress: null, Ct);
            var request = new FromDumpRequest { Dump = path, Database = "app", To = "postgres://localhost/app" };

            var problems = DumpPreflight.Check(dump, request).ToList();

            Assert.Equal(message is null ? 0 : 1, problems.Count);
            Assert.All(problems, problem => Assert.Equal(ProblemCode.Refused, problem.Code));
            Assert.All(problems, problem => Assert.Contains(message!, problem.Message, StringComparison.Ordinal));
            Assert.All(problems, problem => Assert.Contains(detail!, problem.Detail, StringComparison.Ordinal));
            Assert.Empty(DumpPreflight.Check(dump, request with { Strategy = LoadStrategy.Append }));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_dump_that_is_cut_is_not_loaded()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(Golden.Path("dumps", "cluster.sql"), Ct))[..^200], Ct);
            var dump = await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(path, Ct), progress: null, Ct);

            var problem = Assert.Single(DumpPreflight.Check(dump, Request(dump)));

            Assert.Equal($"{path} is truncated: it is not loaded", problem.Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task An_image_whose_psql_is_missing_or_too_old_is_told()
    {
        var dump = await WholeServerAsync();

        Assert.Equal("the image postgres:15.1 has no psql", DumpPreflight.TooOld(dump, "", "postgres:15.1").Message);
        var old = DumpPreflight.TooOld(dump, "15.1", "postgres:15.1");
        Assert.Contains(@"begins with \restrict, which the psql of postgres:15.1 is too old for", old.Message, StringComparison.Ordinal);
        Assert.StartsWith("it is 15.1; those from August 2025 on understand it", old.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("app-create-clean.sql", null, "app")]
    // SQL that pg_restore has written of an archive does not name the database.
    [InlineData("app.sql", "app", "app")]
    [InlineData("app.sql", null, null)]
    public async Task What_a_dump_is_of_is_said_where_it_goes_into_another_database(string name, string? archived, string? origin)
    {
        var dump = await DumpInspector.InspectAsync(await DumpFile.OpenAsync(Golden.Path("dumps", name), Ct), progress: null, Ct) with { ArchivedDatabase = archived };
        var request = new FromDumpRequest { Dump = dump.File.Path, Database = "shop", To = "postgres://localhost/shop" };

        Assert.Empty(DumpPreflight.Check(dump, request));
        Assert.Equal(origin is null ? [] : [$"the dump is of database {origin}; it goes into shop"], DumpPreflight.Notes(dump, request).Where(note => note.Contains("goes into", StringComparison.Ordinal)));
        Assert.DoesNotContain(DumpPreflight.Notes(dump, request with { Database = "app" }), note => note.Contains("goes into", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("app.sql", false)]
    [InlineData("app-create-clean.sql", true)]
    [InlineData("cluster.sql", true)]
    public async Task No_job_for_git_reads_what_concerns_the_whole_server(string name, bool isRefused)
    {
        var dump = await DumpInspector.InspectAsync(await DumpFile.OpenAsync(Golden.Path("dumps", name), Ct), progress: null, Ct);
        var request = new FromDumpRequest { Dump = dump.File.Path, Database = "app", To = "postgres://localhost/app", Strategy = LoadStrategy.Append };

        var plan = new FromDumpPlan(FromDumpPlanner.Decide(request, dump, "20261122t140000z-from-dump-0001"), dump.File, dump.Find("app")!, "localhost", []);

        Assert.Equal(isRefused, plan.WhyNoJobForGit?.Contains("concerns the server", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Event_triggers_of_a_dump_are_told()
    {
        var dump = await WholeServerAsync();
        var request = new FromDumpRequest { Dump = dump.File.Path, Database = "app", To = "postgres://localhost/app" };

        var notes = DumpPreflight.Notes(dump with { Databases = [DumpDatabase.Nothing with { Created = new Dictionary<string, int> { ["EVENT TRIGGER"] = 1 } }] }, request);

        Assert.Contains(notes, note => note.StartsWith("the dump makes event triggers", StringComparison.Ordinal));
        Assert.DoesNotContain(DumpPreflight.Notes(dump, request), note => note.Contains("event trigger", StringComparison.Ordinal));
    }

    private static async Task<DumpInspection> WholeServerAsync() =>
        await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(Golden.Path("dumps", "cluster.sql"), Ct), progress: null, Ct);

    private static FromDumpRequest Request(DumpInspection dump) => new() { Dump = dump.File.Path, Database = dump.Databases.Select(found => found.Name).OfType<string>().Last(), To = "postgres://localhost/x" };
}
