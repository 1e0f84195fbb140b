using CnpgRestore.Dumps.Loading;

namespace CnpgRestore.Tests.Dumps.Loading;

/// <summary>Which statements of a dump belong to the database that is loaded, and whether its part is there to its end.</summary>
public sealed class DatabasePartTests
{
    private const string DumpStart = "-- PostgreSQL database dump";
    private const string DumpEnd = "-- PostgreSQL database dump complete";
    private const string ClusterStart = "-- PostgreSQL database cluster dump";
    private const string ClusterEnd = "-- PostgreSQL database cluster dump complete";

    [Fact]
    public void Of_a_whole_server_the_part_of_the_one_database_counts()
    {
        var part = new DatabasePart("shop");

        Assert.Equal((false, true, false), See(part, ClusterStart));
        Assert.Equal((false, false, false), See(part, @"\connect other", DumpStart, DumpEnd));
        Assert.False(part.IsComplete);
        Assert.Equal((true, false, false), See(part, @"\connect shop", DumpStart));
        Assert.Equal((true, false, true), See(part, DumpEnd));
        Assert.Equal((false, false, true), See(part, @"\connect another", DumpStart, DumpEnd));
        Assert.Equal((true, true), (part.IsByPgDump, part.IsComplete));
        part.CheckEnd(99);
    }

    [Fact]
    public void Of_a_dump_of_one_database_everything_counts_whether_it_is_named_or_not()
    {
        foreach (var database in (string?[])[null, "shop"])
        {
            var part = new DatabasePart(database);

            Assert.Equal((true, false, false), See(part, DumpStart));
            Assert.Equal((true, false, false), See(part, @"\connect shop"));
            Assert.Equal((true, false, false), See(part, DumpEnd));
            part.CheckEnd(99);
        }
    }

    [Fact]
    public void Behind_what_pg_dumpall_writes_of_the_server_alone_stands_a_dump_of_one_database()
    {
        var part = new DatabasePart("shop");

        Assert.Equal((false, true, false), See(part, ClusterStart, ClusterEnd));
        Assert.Equal((true, false, false), See(part, DumpStart));
        See(part, DumpEnd);
        part.CheckEnd(99);
    }

    [Theory]
    [InlineData("shop", new[] { DumpStart }, ProblemCode.Stopped, "The dump is truncated", "it ends at line 99: the line '-- PostgreSQL database dump complete' is missing")]
    [InlineData("shop", new[] { ClusterStart, @"\connect shop", DumpStart, @"\connect other", DumpStart, DumpEnd }, ProblemCode.Stopped, "The dump is truncated", "it ends at line 99: the line '-- PostgreSQL database dump complete' is missing")]
    [InlineData("shop", new[] { ClusterStart, @"\connect a", DumpStart, DumpEnd, @"\connect b" }, ProblemCode.NotFound, "Database shop is not in the dump", "it holds a, b")]
    [InlineData(null, new[] { ClusterStart }, ProblemCode.Usage, "The dump holds several databases", "it was written by pg_dumpall")]
    [InlineData(null, new[] { DumpStart, @"\connect a", @"\connect a", @"\connect b" }, ProblemCode.Usage, "The dump holds several databases", "a, a, b")]
    [InlineData(null, new[] { DumpStart, @"\restrict x", @"\unrestrict x", @"\set QUIET on" }, ProblemCode.Stopped, @"A line for psql is not understood: \set QUIET on", "line 7 of the dump")]
    public void What_is_missing_or_means_several_is_told(string? database, string[] lines, ProblemCode code, string message, string detail)
    {
        var part = new DatabasePart(database);

        var problem = Assert.Throws<RestoreException>(() =>
        {
            See(part, lines);
            part.CheckEnd(99);
        }).Problem;

        Assert.Equal((code, message, detail), (problem.Code, problem.Message, problem.Detail));
        Assert.NotNull(problem.Hint);
        Assert.NotEqual("", problem.Hint);
    }

    [Fact]
    public void A_script_of_somebody_else_needs_no_last_line() => new DatabasePart(null).CheckEnd(99);

    private static (bool IsHere, bool IsGlobal, bool IsOver) See(DatabasePart part, params string[] lines)
    {
        foreach (var line in lines)
        {
            if (line.StartsWith('\\'))
            {
                part.SeeMetaCommand(line, 7);
            }
            else
            {
                part.SeeComment(line);
            }
        }

        return (part.IsHere, part.IsGlobal, part.IsOver);
    }
}
