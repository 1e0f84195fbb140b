using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Dumps;

public sealed class DumpSectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_database_is_taken_out_of_a_dump_of_all_with_its_line_numbers()
    {
        var whole = await File.ReadAllTextAsync(Golden.Path("dumps", "cluster.sql"), Ct);

        var section = await SectionAsync(whole, "app");

        Assert.DoesNotContain("Odd", section, StringComparison.Ordinal);
        Assert.DoesNotContain("ROLE", section, StringComparison.Ordinal);
        Assert.DoesNotContain("DATABASE", section, StringComparison.Ordinal);
        Assert.DoesNotContain("\\restrict", section, StringComparison.Ordinal);
        var (lines, original) = (section.Split('\n'), whole.Split('\n'));
        Assert.All(lines.Index().Where(line => line.Item.Length > 0), line => Assert.Equal(original[line.Index], line.Item));
        Assert.Contains(lines, line => line.StartsWith("CREATE TABLE sales", StringComparison.Ordinal));
        Assert.Contains(@"\.", lines);
    }

    [Theory]
    [InlineData("CREATE DATABASE app;", true)]
    [InlineData("DROP DATABASE IF EXISTS app;", true)]
    [InlineData("ALTER DATABASE app SET search_path TO 'x';", true)]
    [InlineData("COMMENT ON DATABASE app IS 'x';", true)]
    [InlineData("GRANT CONNECT ON DATABASE app TO x;", true)]
    [InlineData("REVOKE CONNECT,TEMPORARY ON DATABASE app FROM PUBLIC;", true)]
    [InlineData("SECURITY LABEL FOR dummy ON DATABASE app IS 'x';", true)]
    [InlineData("ALTER ROLE postgres WITH SUPERUSER;", true)]
    [InlineData("DROP ROLE streaming_replica;", true)]
    [InlineData("GRANT a TO b GRANTED BY postgres;", true)]
    [InlineData("CREATE TABLESPACE fast OWNER postgres LOCATION '/x';", true)]
    [InlineData("CREATE USER bob;", true)]
    [InlineData("DROP GROUP staff;", true)]
    [InlineData("COMMENT ON ROLE bob IS 'x';", true)]
    [InlineData("COMMENT ON TABLESPACE fast IS 'x';", true)]
    [InlineData("/* a /* b */ c */ DROP DATABASE app;", true)]
    [InlineData("-- x\n\v/**/DROP/* y */DATABASE app;", true)]
    [InlineData("ALTER SYSTEM SET fsync TO off;", true)]
    [InlineData("REASSIGN OWNED BY a TO b;", true)]
    [InlineData("DROP OWNED BY a;", true)]
    [InlineData("GRANT SET ON PARAMETER work_mem TO a;", true)]
    [InlineData("UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = 'app';", true)]
    [InlineData("INSERT INTO pg_catalog.pg_auth_members VALUES (1, 2);", true)]
    [InlineData("DELETE FROM ONLY pg_db_role_setting;", true)]
    [InlineData("UPDATE public.pg_database SET a = 1;", false)]
    [InlineData("INSERT INTO sales.orders VALUES (1);", false)]
    [InlineData("/* DROP DATABASE app; */ SELECT 1;", false)]
    [InlineData("ALTER TABLE t ADD c int;", false)]
    [InlineData("DROP TABLE owned;", false)]
    [InlineData("CREATE TABLE database (role int);", false)]
    [InlineData("COMMENT ON TABLE t IS 'ON DATABASE';", false)]
    [InlineData("GRANT SELECT ON TABLE \"DATABASE\" TO x;", false)]
    [InlineData("GRANT ALL ON FUNCTION f(integer, text) TO x;", false)]
    [InlineData("CREATE USER MAPPING FOR x SERVER s;", false)]
    [InlineData("ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT SELECT ON TABLES TO b;", false)]
    public void Statements_that_concern_the_server_are_told_from_those_within_a_database(string statement, bool expected) =>
        Assert.Equal(expected, ServerStatement.Is(Encoding.UTF8.GetBytes(statement), Encoding.UTF8));

    [Theory]
    [InlineData("CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password 'secret');", "CREATE USER MAPPING FOR a SERVER s OPTIONS ***")]
    [InlineData("ALTER ROLE a\n  WITH LOGIN\tPASSWORD 'se''cret';", "ALTER ROLE a WITH LOGIN PASSWORD ***")]
    [InlineData("create subscription s connection 'host=h password=secret' publication p;", "create subscription s connection ***")]
    [InlineData("CREATE TABLE t (password text);", "CREATE TABLE t (password text);")]
    [InlineData("SELECT 1,\n  2;", "SELECT 1, 2;")]
    [InlineData("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (password 'secret');", "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS ***")]
    [InlineData("ALTER GROUP g PASSWORD 'secret';", "ALTER GROUP g PASSWORD ***")]
    [InlineData("CREATE TABLE role (a text); -- PASSWORD", "CREATE TABLE role (a text); -- PASSWORD")]
    public void A_message_shows_a_statement_on_one_line_and_no_password(string statement, string expected) =>
        Assert.Equal(expected, StatementExcerpt.Of(statement, 200));

    [Fact]
    public void Of_a_statement_of_a_megabyte_only_what_is_shown_is_looked_at()
    {
        var statement = $"DO $$ {string.Concat(Enumerable.Repeat("ALTER USER ", 100_000))} $$;";

        Assert.Equal($"{statement[..20]} ...", StatementExcerpt.Of(statement, 20));
    }

    [Fact]
    public void A_statement_that_just_fits_is_shown_whole() => Assert.Equal("SELECT 1; SELECT ...", $"{StatementExcerpt.Of("SELECT 1;", 9)} {StatementExcerpt.Of("SELECT 1;", 6)}");

    [Theory]
    [InlineData("ALTER TABLE public.owner OWNER TO app;", "app")]
    [InlineData("ALTER FUNCTION public.f(a integer, b text) OWNER TO \"Strange, role\";", "Strange, role")]
    [InlineData("GRANT SELECT ON TABLE public.role TO reader WITH GRANT OPTION;", "reader")]
    [InlineData("REVOKE ALL ON SCHEMA public FROM PUBLIC;", "")]
    [InlineData("ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT SELECT ON TABLES TO b;", "a b")]
    [InlineData("CREATE POLICY p ON public.t FOR SELECT TO a, b USING ((x = 'TO c'::text));", "a b")]
    [InlineData("SET SESSION AUTHORIZATION 'app';", "app")]
    [InlineData("SET SESSION AUTHORIZATION app;", "app")]
    [InlineData("ALTER ROLE app IN DATABASE shop SET work_mem TO '1MB';", "app")]
    [InlineData("ALTER ROLE app SET work_mem TO '1MB';", "")]
    [InlineData("ALTER DEFAULT PRIVILEGES IN SCHEMA s REVOKE ALL ON FUNCTIONS FROM b;", "b")]
    [InlineData("COMMENT ON SCHEMA sales IS OWNER TO nobody;", "")]
    [InlineData("ALTER SCHEMA sales OWNER TO CURRENT_USER;", "")]
    [InlineData("ALTER SCHEMA sales OWNER TO", "")]
    [InlineData("ALTER SCHEMA sales RENAME TO shop;", "")]
    [InlineData("GRANT ALL ON TABLE t TO a, PUBLIC, \"B\" GRANTED BY c;", "a B")]
    [InlineData("GRANT ALL ON TABLE t TO current_role, session_user;", "")]
    [InlineData("REVOKE ALL ON TABLE t FROM a;", "a")]
    [InlineData("SET SESSION AUTHORIZATION DEFAULT;", "")]
    [InlineData("CREATE USER MAPPING FOR app SERVER s OPTIONS (password 'x');", "app")]
    [InlineData("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'ALTER TABLE t OWNER TO nobody';", "")]
    public void Roles_that_a_statement_needs_are_found(string statement, string roles) =>
        Assert.Equal(roles, string.Join(' ', RoleReferences.Of(Encoding.UTF8.GetBytes(statement), Encoding.UTF8)));

    [Fact]
    public async Task A_dump_of_one_database_is_taken_whole_and_says_how_far_it_is_read()
    {
        const string dump = "CREATE TABLE t (id int);\nCREATE ROLE bob;\nSELECT 1;\n";
        var read = new Reads();
        using var output = new MemoryStream();

        await new DumpSection(new MemoryStream(Encoding.UTF8.GetBytes(dump)), null).WriteAsync(output, read, Ct);

        Assert.Equal("CREATE TABLE t (id int);\n\nSELECT 1;\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal([0, 25, 42], read.Positions);
    }

    [Theory]
    [InlineData(false, "SELECT 1;\nBEGIN;\n\nSELECT pg_catalog.lo_close(0);\n\nCOMMIT;\nSELECT 2;\n")]
    [InlineData(true, "SELECT 1;\n\n\nSELECT pg_catalog.lo_close(0);\n\n\nSELECT 2;\n")]
    public async Task In_a_transaction_what_would_end_it_is_left_out_and_lines_keep_their_numbers(bool inTransaction, string expected)
    {
        const string dump = "SELECT 1;\nBEGIN;\n\nSELECT pg_catalog.lo_close(0);\n\nCOMMIT;\nSELECT 2;\n";
        using var output = new MemoryStream();

        await new DumpSection(new MemoryStream(Encoding.UTF8.GetBytes(dump)), null, inTransaction: inTransaction).WriteAsync(output, null, Ct);

        Assert.Equal(expected, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task A_sequence_that_is_in_use_is_never_set_back_and_lines_keep_their_numbers()
    {
        const string dump = "SELECT pg_catalog.setval('public.inv',\n  1500, true);\nSELECT pg_catalog.setval('public.\"New\"', -7, false);\nSELECT 3;\n";
        using var output = new MemoryStream();

        await new DumpSection(new MemoryStream(Encoding.UTF8.GetBytes(dump)), null) { ForwardOnly = new HashSet<QualifiedName> { new("public", "inv") } }.WriteAsync(output, null, Ct);

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n');
        Assert.StartsWith("SELECT pg_catalog.setval(p.seqrelid::pg_catalog.regclass, 1500, true) FROM \"public\".\"inv\" s, ", lines[0], StringComparison.Ordinal);
        Assert.Equal(["", "SELECT pg_catalog.setval('public.\"New\"', -7, false);", "SELECT 3;", ""], lines[1..]);
    }

    [Theory]
    [InlineData("BEGIN;", true)]
    [InlineData("START TRANSACTION ISOLATION LEVEL SERIALIZABLE;", true)]
    [InlineData("/* x */ commit;", true)]
    [InlineData("END;", true)]
    [InlineData("ROLLBACK;", true)]
    [InlineData("ABORT;", true)]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;", false)]
    [InlineData("COMMENT ON TABLE t IS 'COMMIT;';", false)]
    public void Statements_that_begin_or_end_a_transaction_are_told(string statement, bool expected) =>
        Assert.Equal(expected, TransactionStatement.Is(Encoding.UTF8.GetBytes(statement), Encoding.UTF8));

    [Fact]
    public async Task A_dump_that_ends_early_is_not_written_to_its_end() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => SectionAsync("CREATE TABLE t (id int);\nCOPY t (id) FROM stdin;\n1\n2\n", null));

    private static async Task<string> SectionAsync(string dump, string? database)
    {
        using var output = new MemoryStream();
        using var script = new MemoryStream(Encoding.UTF8.GetBytes(dump));
        await new DumpSection(script, database).WriteAsync(output, null, Ct);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
