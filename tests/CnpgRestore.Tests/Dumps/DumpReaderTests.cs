using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Tests.Dumps;

public sealed class DumpReaderTests
{
    public static TheoryData<string> Statements =>
    [
        "SELECT 'a;b';",
        "SELECT 'it''s; fine';",
        @"SELECT 'a backslash \';",
        @"SELECT E'a quote \'; and on';",
        @"SELECT e'\\';",
        "SELECT E'one\\''\n  'two\\';';",
        @"SELECT B'01', X'FF', N'n\', U&'\0041\';",
        "SELECT $$a;b$$;",
        "SELECT $tag$ $$ ; $other$ ; $tag$;",
        "SELECT $tag$ $ta $tag $tag$;",
        "SELECT a$b, '$x$', 1 FROM t$;",
        "PREPARE p AS SELECT $1, $2;",
        "SELECT \"a;\"\"b\", \"c'd\" FROM t;",
        "SELECT 1 /* a; /* nested; */ ' */ , 2;",
        "SELECT 1 /* 2 / 3 * 4; */ , 5;",
        "SELECT 1 /* a; **/ , 2;",
        "SELECT 1 - 2, 3/4, 5 * 6;",
        "SELECT -- it's\n 'a;b';",
        "SELECT E'one' -- it's\n '\\'; two';",
        "SELECT \"interval\" '1 day;', 2;",
        "SELECT $zZ09\u0080$ ; $zZ09\u0080$;",
        "SELECT $1$ FROM t;",
        "SELECT 1 -- comment; ' \"\n;",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); DELETE FROM v);",
        "CREATE FUNCTION f(a integer DEFAULT 1) RETURNS integer\n LANGUAGE sql\n BEGIN ATOMIC\n  SELECT CASE WHEN a = 1 THEN 2 ELSE 3 END;\n  SELECT 4;\nEND;",
        "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC DELETE FROM t; DELETE FROM u; END;",
        "CREATE TABLE begin (\"end\" integer, \"case\" text);",
        "CREATE FUNCTION begin() RETURNS void LANGUAGE sql AS 'SELECT 1;';",
        "COMMENT ON TABLE t IS 'a\nline; and\n-- no comment';",
        "INSERT INTO t VALUES (1, '\\.\n'), (2, E'\\\\.\\n');",
    ];

    /// <summary>Whatever a dump may hold, one after the other in any order.</summary>
    public static string[] Parts =>
    [
        .. Statements.Select(row => (string)row.Data + "\n"),
        "-- a comment\n",
        "\n",
        "\\connect app\n",
        "COPY public.t (a) FROM stdin;\n1\n\\\\.\n\\N\n\\.\n\n",
        "COPY t FROM stdin;\n\\.\n",
        "SET standard_conforming_strings = on;\n",
    ];

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_statement_ends_where_psql_ends_it(string statement)
    {
        var tokens = await DumpReading.ReadAsync($"\n{statement}\nSELECT 'next';\n");

        Assert.Equal([statement, "SELECT 'next';", ""], tokens.Select(token => token.Text));
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_cut_within_a_statement_is_noticed(string statement)
    {
        for (var length = 1; length < statement.Length - 1; length++)
        {
            var tokens = await DumpReading.ReadAsync(statement[..length]);
            Assert.True(tokens is [(DumpToken.Cut, _, 1)], statement[..length]);
        }
    }

    [Theory]
    [InlineData("SELECT 1);", "SELECT 2;")]
    [InlineData("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';", "SELECT begin atomic FROM t;")]
    [InlineData("SET standard_conforming_strings = on;", "SELECT 'a\\';")]
    public async Task What_a_statement_leaves_behind_does_not_reach_into_the_next(string first, string second)
    {
        var tokens = await DumpReading.ReadAsync($"{first}\n{second}\nSELECT 3;\n");

        Assert.Equal([first, second, "SELECT 3;", ""], tokens.Select(token => token.Text));
    }

    [Theory]
    [InlineData("SELECT 1;\nSELECT 2", "SELECT 2", DumpToken.End)]
    // The data never ends.
    [InlineData("SELECT 1;\nCOPY t FROM stdin; ", "", DumpToken.Cut)]
    public async Task Behind_a_cut_nothing_comes(string dump, string left, DumpToken next)
    {
        var reader = new DumpReader(new MemoryStream(Encoding.ASCII.GetBytes(dump)));
        var token = DumpToken.Statement;
        while (token != DumpToken.Cut)
        {
            token = await reader.ReadAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(left, reader.TextAsString());
        Assert.Equal(next, await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal((dump.Length, ""), (reader.Position, reader.TextAsString()));
    }

    [Fact]
    public async Task Without_standard_conforming_strings_a_backslash_escapes()
    {
        var tokens = await DumpReading.ReadAsync("SET standard_conforming_strings = off;\nSELECT 'a\\';', B'0\\';\n");

        Assert.Equal(["SET standard_conforming_strings = off;", "SELECT 'a\\';', B'0\\';", ""], tokens.Select(token => token.Text));
    }

    [Theory]
    [InlineData("SJIS", new byte[] { 0x95, 0x5C })]
    [InlineData("BIG5", new byte[] { 0xA5, 0x5C })]
    [InlineData("GBK", new byte[] { 0x81, 0x5C })]
    [InlineData("GB18030", new byte[] { 0x81, 0x5C })]
    public async Task A_backslash_that_is_half_a_character_escapes_nothing(string encoding, byte[] character)
    {
        var text = Encoding.Latin1.GetString(character);
        var tokens = await DumpReading.ReadAsync($"SET client_encoding = '{encoding}';\nSELECT E'{text}';\nSELECT 1;\n");

        Assert.Equal([$"SET client_encoding = '{encoding}';", $"SELECT E'{text}';", "SELECT 1;", ""], tokens.Select(token => token.Text));
    }

    [Fact]
    public async Task Data_is_whole_lines_up_to_the_end_line()
    {
        const string data = "1\ta;b'\"$$\n2\t\\\\.\n\\.x\n--\n\\N\t\\N\n";
        var tokens = await DumpReading.ReadAsync($"COPY public.t (a, b) FROM stdin;\n{data}\\.\n\n\nSELECT 1;\n");

        Assert.Equal([DumpToken.Statement, DumpToken.CopyData, DumpToken.CopyEnd, DumpToken.Statement, DumpToken.End], tokens.Select(token => token.Token));
        Assert.Equal(data, tokens[1].Text);
        Assert.Equal([1, 2, 7, 10, 11], tokens.Select(token => token.Line));
    }

    [Theory]
    [InlineData("COPY t FROM stdin;\n\\.\n", DumpToken.CopyEnd)]
    [InlineData("COPY t FROM stdin;\r\n1\r\n\\.\r\n", DumpToken.CopyEnd)]
    [InlineData("COPY t FROM stdin;\n1\n\\.", DumpToken.CopyEnd)]
    [InlineData("COPY t FROM stdin;\n1\n", DumpToken.Cut)]
    [InlineData("COPY t FROM stdin;\n1\n\\", DumpToken.Cut)]
    [InlineData("COPY t FROM stdin;\n", DumpToken.Cut)]
    [InlineData("COPY t FROM stdin;", DumpToken.Cut)]
    public async Task Data_without_its_end_line_is_cut(string dump, DumpToken expected)
    {
        var tokens = await DumpReading.ReadAsync(dump);

        Assert.Equal(expected, tokens[^(expected == DumpToken.Cut ? 1 : 2)].Token);
    }

    [Fact]
    public async Task Lines_for_psql_and_comments_stand_by_themselves()
    {
        var tokens = await DumpReading.ReadAsync("--\n-- Name: x\n--\n\n\\restrict abc\n\\connect -reuse-previous=on \"dbname='a b'\"\nSELECT 1;\n/* end */\n");

        Assert.Equal(
            [DumpToken.Comment, DumpToken.Comment, DumpToken.Comment, DumpToken.MetaCommand, DumpToken.MetaCommand, DumpToken.Statement, DumpToken.End],
            tokens.Select(token => token.Token));
        Assert.Equal("a b", PsqlConnect.TryParse(tokens[4].Text));
    }

    [Theory]
    [InlineData("\\connect -reuse-previous=on \"dbname='\"", "'")]
    [InlineData("\\connect -reuse-previous=on \"dbname=''\"", "")]
    [InlineData("\\connect -reuse-previous=on", "-reuse-previous=on")]
    [InlineData("\\c \"", "\"")]
    public void A_connect_that_is_cut_names_what_is_left(string line, string expected) => Assert.Equal(expected, PsqlConnect.TryParse(line));

    [Fact]
    public async Task A_row_larger_than_the_buffer_arrives_whole()
    {
        var row = new string('x', 3 << 20) + "\n";
        var tokens = await DumpReading.ReadAsync($"COPY t FROM stdin;\n{row}{row}\\.\n");

        Assert.Equal(row + row, tokens[1].Text);
    }

    [Fact]
    public async Task A_value_with_an_escaped_line_end_is_not_torn()
    {
        var rows = string.Concat(Enumerable.Repeat("one\\\ntwo\\\\\n", 200_000));
        var reader = new DumpReader(new MemoryStream(Encoding.ASCII.GetBytes($"COPY t FROM stdin;\n{rows}\\.\n")));
        var pieces = 0;
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is var token && token != DumpToken.End)
        {
            if (token == DumpToken.CopyData)
            {
                pieces++;
                Assert.EndsWith("two\\\\\n", Encoding.ASCII.GetString(reader.Text.Span[^9..]), StringComparison.Ordinal);
            }
        }

        Assert.True(pieces > 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Pieces_of_any_size_give_the_same_tokens(int size)
    {
        var dump = Encoding.Latin1.GetBytes(string.Concat(Parts));

        Assert.Equal(await DumpReading.ReadAsync(dump, () => int.MaxValue), await DumpReading.ReadAsync(dump, () => size));
    }

    [Theory]
    [InlineData("SET search_path = sales, pg_catalog;", "sales")]
    [InlineData("SET SESSION search_path TO \"Old, sales\", pg_catalog;", "Old, sales")]
    [InlineData("SET search_path = 'sales';", "sales")]
    [InlineData("SELECT pg_catalog.set_config('search_path', 'sales', false);", "sales")]
    [InlineData("SELECT pg_catalog.set_config('search_path', '', false);", null)]
    [InlineData("SELECT pg_catalog.set_config('search_path', 'a, b', false);", null)]
    [InlineData("SET search_path = pg_catalog;", null)]
    [InlineData("SET search_path = \"$user\", public;", null)]
    [InlineData("SET search_path TO DEFAULT;", null)]
    [InlineData("\\connect app", null)]
    [InlineData("\\unrestrict x", "before")]
    [InlineData("SET LOCAL search_path = sales;", "before")]
    [InlineData("SELECT pg_catalog.set_config('work_mem', 'sales', false);", "before")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = sales AS 'SELECT 1';", "before")]
    public async Task Names_without_a_schema_belong_where_the_search_path_says(string statement, string? schema)
    {
        var reader = new DumpReader(new MemoryStream(Encoding.UTF8.GetBytes($"SET search_path = before;\n{statement}\n")));

        Assert.Equal(DumpToken.Statement, await reader.ReadAsync(TestContext.Current.CancellationToken));
        await reader.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(schema, reader.Schema);
    }
}
