using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Dumps;

/// <summary>What single statements of a dump say, in the forms that pg_dump writes and people do.</summary>
public sealed class PlainStatementTests
{
    [Theory]
    [InlineData("COPY public.orders (id, \"a)b\") FROM stdin;", "public.orders", true)]
    [InlineData("copy orders from STDIN;", "orders", true)]
    [InlineData("COPY orders FROM stdin WITH (FORMAT csv);", "orders", false)]
    [InlineData("COPY orders FROM stdin csv;", "orders", false)]
    public void A_COPY_that_data_follows_is_told_from_others(string statement, string table, bool isLineByLine)
    {
        var copy = CopyStatement.TryParse(Encoding.UTF8.GetBytes(statement), Encoding.UTF8);
        Assert.Equal((table, isLineByLine), (copy?.Table.ToString(), copy?.IsLineByLine));
    }

    [Theory]
    [InlineData("COPY orders TO stdout;")]
    [InlineData("COPY orders FROM '/tmp/orders';")]
    [InlineData("COPY (SELECT 1) TO stdout;")]
    [InlineData("COPYRIGHT FROM stdin;")]
    [InlineData("SELECT 1;")]
    public void No_data_follows_these(string statement) => Assert.Null(CopyStatement.TryParse(Encoding.UTF8.GetBytes(statement), Encoding.UTF8));

    [Theory]
    [InlineData("INSERT INTO public.orders VALUES (1);", 1, 1)]
    [InlineData("INSERT INTO public.orders VALUES (1), (2), (3);", 3, 3)]
    [InlineData("INSERT INTO public.orders (id, item) VALUES (1, 'a'), (2, 'b');", 3, 2)]
    [InlineData("insert into public.orders DEFAULT VALUES;", 0, 1)]
    [InlineData("INSERT INTO public.orders (id) OVERRIDING SYSTEM VALUE VALUES (1);", 2, 1)]
    public void An_INSERT_brings_a_row_for_each_group(string statement, int groups, int rows) =>
        Assert.Equal((new QualifiedName("public", "orders"), rows), InsertStatement.TryParse(Encoding.UTF8.GetBytes(statement), groups, Encoding.UTF8));

    [Theory]
    [InlineData("INSERT INTO;")]
    [InlineData("INSERT orders VALUES (1);")]
    [InlineData("UPDATE orders SET a = 1;")]
    public void These_insert_nothing(string statement) => Assert.Null(InsertStatement.TryParse(Encoding.UTF8.GetBytes(statement), 1, Encoding.UTF8));

    [Theory]
    [InlineData("CREATE TABLE t ();", "TABLE")]
    [InlineData("CREATE UNLOGGED TABLE t ();", "TABLE")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a);", "INDEX")]
    [InlineData("CREATE OR REPLACE FUNCTION f() RETURNS int;", "FUNCTION")]
    [InlineData("CREATE OR REPLACE TEMPORARY RECURSIVE VIEW v (a) AS SELECT 1;", "VIEW")]
    [InlineData("CREATE LOCAL TEMP TABLE t ();", "TABLE")]
    [InlineData("CREATE GLOBAL TEMPORARY TABLE t ();", "TABLE")]
    [InlineData("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON x;", "TRIGGER")]
    [InlineData("CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plperl;", "LANGUAGE")]
    [InlineData("CREATE DEFAULT CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f;", "CONVERSION")]
    [InlineData("CREATE ACCESS METHOD m TYPE INDEX HANDLER h;", "ACCESS METHOD")]
    [InlineData("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();", "EVENT TRIGGER")]
    [InlineData("CREATE FOREIGN DATA WRAPPER w;", "FOREIGN DATA WRAPPER")]
    [InlineData("CREATE FOREIGN TABLE t () SERVER s;", "FOREIGN TABLE")]
    [InlineData("CREATE MATERIALIZED VIEW v AS SELECT 1;", "MATERIALIZED VIEW")]
    [InlineData("CREATE OPERATOR CLASS c FOR TYPE t USING btree AS STORAGE t;", "OPERATOR CLASS")]
    [InlineData("CREATE OPERATOR FAMILY f USING btree;", "OPERATOR FAMILY")]
    [InlineData("CREATE OPERATOR = (FUNCTION = f);", "OPERATOR")]
    [InlineData("CREATE TEXT SEARCH CONFIGURATION c (PARSER = p);", "TEXT SEARCH CONFIGURATION")]
    [InlineData("CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = t);", "TEXT SEARCH DICTIONARY")]
    [InlineData("CREATE TEXT SEARCH PARSER p (START = s);", "TEXT SEARCH PARSER")]
    [InlineData("CREATE TEXT SEARCH TEMPLATE t (LEXIZE = l);", "TEXT SEARCH TEMPLATE")]
    [InlineData("CREATE USER MAPPING FOR a SERVER s;", "USER MAPPING")]
    public void The_kind_of_an_object_is_in_words_of_PostgreSQL(string statement, string kind)
    {
        var words = new StatementWords(Encoding.UTF8.GetBytes(statement), Encoding.UTF8);
        words.Accept("CREATE");
        Assert.Equal(kind, ObjectKind.Read(ref words));
    }

    [Theory]
    [InlineData("ALTER TABLE public.orders OWNER TO app;", "public.orders app")]
    [InlineData("ALTER VIEW public.v OWNER TO app;", "public.v app")]
    [InlineData("ALTER MATERIALIZED VIEW public.m OWNER TO \"Of App\";", "public.m Of App")]
    [InlineData("ALTER SEQUENCE public.s OWNER TO app;", "public.s app")]
    [InlineData("ALTER FOREIGN TABLE public.f OWNER TO app;", "public.f app")]
    [InlineData("ALTER TABLE IF EXISTS public.orders OWNER TO app;", "public.orders app")]
    [InlineData("ALTER FUNCTION public.f() OWNER TO app;", null)]
    [InlineData("ALTER TABLE public.orders ADD COLUMN owner text;", null)]
    [InlineData("CREATE TABLE orders ();", null)]
    [InlineData("ALTER TABLE public.orders OWNER TO", null)]
    public void The_owner_of_a_relation_is_read(string statement, string? expected)
    {
        var owner = RelationOwner.TryParse(Encoding.UTF8.GetBytes(statement), Encoding.UTF8);
        Assert.Equal(expected, owner is null ? null : $"{owner.Value.Relation} {owner.Value.Owner}");
    }

    [Theory]
    [InlineData("CREATE DATABASE app WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8';", "app ENCODING=UTF8 LOCALE=C.UTF-8 LOCALE_PROVIDER=libc")]
    [InlineData("CREATE DATABASE \"My App\" WITH TEMPLATE = template0 ENCODING = 'LATIN1' LC_COLLATE = 'C' LC_CTYPE = 'de_DE' TABLESPACE = fast CONNECTION LIMIT = 3;", "My App ENCODING=LATIN1 LC_COLLATE=C LC_CTYPE=de_DE")]
    [InlineData("CREATE DATABASE app LOCALE_PROVIDER icu ICU_LOCALE 'de' ICU_RULES '&a < b' BUILTIN_LOCALE 'C.UTF-8';", "app BUILTIN_LOCALE=C.UTF-8 ICU_LOCALE=de ICU_RULES=&a < b LOCALE_PROVIDER=icu")]
    [InlineData("CREATE DATABASE app;", "app")]
    [InlineData("CREATE DATABASE app WITH (x) ENCODING = 'UTF8' =;", "app ENCODING=UTF8")]
    [InlineData("CREATE DATABASE ;", null)]
    [InlineData("DROP DATABASE app;", null)]
    [InlineData("CREATE TABLE database ();", null)]
    public void What_a_database_is_made_with_is_read(string statement, string? expected)
    {
        var created = CreateDatabase.TryParse(Encoding.UTF8.GetBytes(statement), Encoding.UTF8);
        Assert.Equal(expected, created is null ? null : string.Join(' ', [created.Value.Name, .. created.Value.Options.Select(option => $"{option.Key}={option.Value}")]));
    }

    [Fact]
    public void Only_what_a_dump_may_say_is_written() => Assert.Equal(
        "CREATE DATABASE app TEMPLATE template0 OWNER \"o\" ENCODING 'UTF8' LOCALE 'it''s'",
        CreateDatabase.Statement("app", "\"o\"", new Dictionary<string, string> { ["ENCODING"] = "UTF8", ["TABLESPACE"] = "fast", ["LOCALE"] = "it's" }));

    [Theory]
    [InlineData(@"\connect app", "app")]
    [InlineData(@"\c app user", "app")]
    [InlineData("\\connect \"My \"\"App\"\"\"", "My \"App\"")]
    [InlineData("\\connect -reuse-previous=on \"dbname='it\\\\'s a \\\\\\\\'\"", @"it\'s a \\")]
    [InlineData("\\connect -reuse-previous=on \"dbname=app\"", "app")]
    [InlineData("\\connect -reuse-previous=on dbname=app", "app")]
    [InlineData("\\connect -reuse-previous=on \"app\"", "app")]
    [InlineData("\\connect \"\"", "")]
    [InlineData(@"\copy app from 'x'", null)]
    [InlineData(@"\connector app", null)]
    [InlineData("-- \\connect app", null)]
    public void The_database_of_a_connect_is_read(string line, string? database) => Assert.Equal(database, PsqlConnect.TryParse(line));

    [Theory]
    [InlineData("UTF8", "utf-8")]
    [InlineData("utf8", "utf-8")]
    [InlineData("UNICODE", "utf-8")]
    [InlineData("LATIN1", "iso-8859-1")]
    [InlineData("LATIN2", "iso-8859-2")]
    [InlineData("latin9", "iso-8859-15")]
    [InlineData("ISO_8859_5", "iso-8859-5")]
    [InlineData("WIN1251", "windows-1251")]
    [InlineData("KOI8R", "koi8-r")]
    [InlineData("EUC_JP", "euc-jp")]
    [InlineData("SJIS", "shift_jis")]
    [InlineData("BIG5", "big5")]
    [InlineData("GBK", "gb2312")]
    [InlineData("GB18030", "gb18030")]
    [InlineData("SQL_ASCII", "iso-8859-1")]
    [InlineData("MULE_INTERNAL", "iso-8859-1")]
    public void An_encoding_of_PostgreSQL_has_its_table(string name, string table) => Assert.Equal(table, DumpEncoding.Named(name).Text.WebName);

    [Theory]
    [InlineData("SJIS", true)]
    [InlineData("sjis", true)]
    [InlineData("SHIFT_JIS_2004", true)]
    [InlineData("BIG5", true)]
    [InlineData("GBK", true)]
    [InlineData("UHC", true)]
    [InlineData("GB18030", true)]
    [InlineData("JOHAB", true)]
    [InlineData("EUC_JP", false)]
    [InlineData("UTF8", false)]
    [InlineData("LATIN1", false)]
    public void Some_encodings_have_a_backslash_within_a_character(string name, bool expected) => Assert.Equal(expected, DumpEncoding.Named(name).HasAsciiTrailBytes);

    [Theory]
    [InlineData("SJIS", 0x7F, false)]
    [InlineData("SJIS", 0x80, true)]
    [InlineData("SJIS", 0xA0, true)]
    [InlineData("SJIS", 0xA1, false)]
    [InlineData("SJIS", 0xDF, false)]
    [InlineData("SJIS", 0xE0, true)]
    [InlineData("SHIFT_JIS_2004", 0xA1, false)]
    [InlineData("GBK", 0xA1, true)]
    [InlineData("GBK", 0x7F, false)]
    [InlineData("UTF8", 0xE0, false)]
    public void A_byte_begins_a_character_of_two_or_does_not(string name, byte value, bool expected) => Assert.Equal(expected, DumpEncoding.Named(name).IsLeadByte(value));

    [Theory]
    [InlineData("\\.\nSELECT", false, 3)]
    [InlineData("\\.\r\nSELECT", false, 4)]
    [InlineData("\\.", true, 2)]
    [InlineData("\\.\r", true, 3)]
    [InlineData("\\.", false, null)]
    [InlineData("\\.x\n", true, null)]
    [InlineData("1\n\\.\n", true, null)]
    [InlineData("", true, null)]
    public void The_end_line_is_one_of_its_own(string text, bool isLast, int? length) => Assert.Equal(length, CopyLines.EndLine(Encoding.UTF8.GetBytes(text), isLast));

    [Theory]
    [InlineData("1\n2\n\\.\nx", false, 4)]
    [InlineData("1\n2\n\\.\r\nx", false, 4)]
    [InlineData("1\n2\n\\.", true, 4)]
    // What may still become an end line is left for later.
    [InlineData("1\n2\n\\.", false, 4)]
    [InlineData("1\n2\n\\.\r", false, 4)]
    [InlineData("1\n\\.x\n2\n", false, 8)]
    [InlineData("1\n\\..\n2", false, 6)]
    [InlineData("1\n2", false, 2)]
    [InlineData("12", false, 0)]
    [InlineData("", false, 0)]
    // A backslash in front of the line end belongs to the value, two are one.
    [InlineData("1\\\n2\n", false, 5)]
    [InlineData("1\n2\\\n\\.", false, 2)]
    [InlineData("1\n2\\\n", false, 2)]
    [InlineData("1\n2\\\\\n", false, 6)]
    [InlineData("1\\\n2\\\n", false, 0)]
    public void Whole_lines_are_counted_up_to_the_end_line(string text, bool isLast, int length) => Assert.Equal(length, CopyLines.Length(Encoding.UTF8.GetBytes(text), isLast));

    [Theory]
    [InlineData("CREATE FUNCTION f BEGIN ATOMIC", true)]
    [InlineData("create or replace procedure p begin atomic", true)]
    [InlineData("CREATE FUNCTION f BEGIN ATOMIC SELECT END", false)]
    [InlineData("CREATE FUNCTION f BEGIN ATOMIC CASE END", true)]
    [InlineData("CREATE FUNCTION f BEGIN ATOMIC CASE END END", false)]
    [InlineData("CREATE FUNCTION f BEGIN x ATOMIC", false)]
    [InlineData("CREATE FUNCTION begin RETURNS CASE", false)]
    [InlineData("CREATE TABLE f BEGIN ATOMIC", false)]
    [InlineData("CREATE OR FUNCTION f BEGIN ATOMIC", false)]
    [InlineData("OR REPLACE FUNCTION f BEGIN ATOMIC", false)]
    [InlineData("ALTER FUNCTION f BEGIN ATOMIC", false)]
    public void The_body_of_a_routine_is_open_between_BEGIN_ATOMIC_and_its_END(string words, bool isOpen)
    {
        var body = new RoutineBody();
        foreach (var word in words.Split(' '))
        {
            body.See(Encoding.UTF8.GetBytes(word));
        }

        Assert.Equal(isOpen, body.IsOpen);
        body.Reset();
        Assert.False(body.IsOpen);
        body.See("BEGIN"u8);
        body.See("ATOMIC"u8);
        Assert.False(body.IsOpen);
    }
}
