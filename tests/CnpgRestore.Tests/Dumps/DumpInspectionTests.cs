using CnpgRestore.Compression;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Dumps;

public sealed class DumpInspectionTests
{
    [Theory]
    // A dump of one database is loaded under any name.
    [InlineData("pg_dump", "app", "shop", "app")]
    [InlineData("pg_dump", "app", null, "app")]
    [InlineData("pg_dump", "", "shop", "")]
    // One of a server, in which one database alone has something in it.
    [InlineData("pg_dumpall", "app", "app", "app")]
    [InlineData("pg_dumpall", "app", null, "app")]
    [InlineData("pg_dumpall", "app", "shop", null)]
    [InlineData("pg_dumpall", "app shop", "shop", "shop")]
    [InlineData("pg_dumpall", "app shop", "none", null)]
    [InlineData("pg_dumpall", "app shop", null, null)]
    public void A_dump_holds_the_database_that_is_asked_for_or_does_not(string program, string held, string? asked, string? expected)
    {
        var found = Inspection(DumpState.Complete) with { Program = program, Databases = [.. held.Split(' ').Select(name => Database(name.Length == 0 ? null : name))] };

        Assert.Equal(expected, found.Find(asked) is { } database ? database.Name ?? "" : null);
    }

    [Fact]
    public void Rows_are_those_of_all_tables()
    {
        var first = Database("a") with { Tables = [new DumpTable(new QualifiedName(null, "t"), 3, 30), new DumpTable(new QualifiedName(null, "u"), 4, 40)] };
        var second = Database("b") with { Tables = [new DumpTable(new QualifiedName(null, "t"), 5, 50)] };

        Assert.Equal(12, (Inspection(DumpState.Complete) with { Databases = [first, second] }).Rows);
    }

    [Theory]
    [InlineData(DumpState.Complete, true)]
    [InlineData(DumpState.HeadOnly, false)]
    [InlineData(DumpState.Unreadable, false)]
    public void Only_what_is_read_to_its_end_is_complete(DumpState state, bool expected) => Assert.Equal(expected, Inspection(state).IsComplete);

    [Theory]
    [InlineData("", null, null)]
    [InlineData("b a a", null, "a")]
    [InlineData("b a", null, "a")]
    [InlineData("b b a", "c", "c")]
    public void The_owner_is_the_one_that_is_stated_or_that_owns_most(string owners, string? stated, string? expected)
    {
        var names = owners.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var database = Database("app") with { StatedOwner = stated, Owners = names.Index().ToDictionary(owner => new QualifiedName(null, $"t{owner.Index}"), owner => owner.Item) };

        Assert.Equal(expected, database.Owner);
    }

    private static DumpInspection Inspection(DumpState state) =>
        new(new DumpFile("/dumps/app.sql", new ByteSize(1), default, ArchiveCompression.None, DumpFormat.Plain), state, "because");

    private static DumpDatabase Database(string? name) => DumpDatabase.Nothing with { Name = name };
}
