using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Tests.Dumps;

public sealed class NeedlessStatementsTests
{
    [Fact]
    public void What_is_dropped_before_anything_is_created_is_left_out_and_nothing_behind_it()
    {
        Assert.Equal(
            [
                "SET client_encoding = 'UTF8';",
                "SELECT pg_catalog.set_config('search_path', '', false);",
                "CREATE SCHEMA app;",
                "CREATE VIEW app.totals AS\nSELECT NULL::integer AS id;",
                "ALTER TABLE app.items OWNER TO app;",
                "DROP TABLE app.scratch;",
                "CREATE OR REPLACE VIEW app.totals AS\nSELECT NULL::integer AS id;",
            ],
            Kept(
                "SET client_encoding = 'UTF8';",
                "SELECT pg_catalog.set_config('search_path', '', false);",
                "ALTER TABLE ONLY app.items DROP CONSTRAINT items_pkey;",
                "CREATE OR REPLACE VIEW app.totals AS\nSELECT\n    NULL::integer AS id;",
                "ALTER TABLE app.items ALTER COLUMN id DROP DEFAULT;",
                "ALTER DOMAIN app.price DROP CONSTRAINT positive;",
                "SELECT pg_catalog.lo_unlink('16410');",
                "DROP VIEW IF EXISTS app.totals;",
                "DROP SCHEMA app;",
                "CREATE SCHEMA app;",
                "CREATE VIEW app.totals AS\nSELECT NULL::integer AS id;",
                "ALTER TABLE app.items OWNER TO app;",
                "DROP TABLE app.scratch;",
                "CREATE OR REPLACE VIEW app.totals AS\nSELECT NULL::integer AS id;"));
    }

    [Fact]
    public void Keys_and_triggers_for_tables_that_should_be_there_are_not_left_out()
    {
        string[] statements =
        [
            "BEGIN;",
            "ALTER TABLE ONLY app.items ADD CONSTRAINT items_pkey PRIMARY KEY (id);",
            "ALTER TABLE app.items DISABLE TRIGGER ALL;",
            "ALTER TABLE ONLY app.items ALTER COLUMN id SET DEFAULT 1;",
        ];
        Assert.Equal(statements, Kept(statements));
        Assert.All(statements[1..], statement => Assert.Equal([statement], Kept(statement)));
        Assert.Equal(["BEGIN;", "CREATE TABLE app.items (id int);"], Kept("BEGIN;", "ALTER TABLE IF EXISTS app.items DETACH PARTITION app.old;", "DROP TABLE app.items;", "CREATE TABLE app.items (id int);"));
    }

    [Fact]
    public void The_schema_public_is_there_already_and_no_other_is() => Assert.Equal(
        ["CREATE SCHEMA publicly;", "CREATE SCHEMA public AUTHORIZATION app;", "ALTER SCHEMA public OWNER TO app;", "GRANT ALL ON SCHEMA public TO app;"],
        Kept("CREATE SCHEMA publicly;", "CREATE SCHEMA public;", "CREATE SCHEMA public AUTHORIZATION app;", "ALTER SCHEMA public OWNER TO app;", "GRANT ALL ON SCHEMA public TO app;"));

    [Fact]
    public void A_view_that_nothing_was_dropped_before_is_a_view() =>
        Assert.Equal(["CREATE OR REPLACE VIEW v AS SELECT NULL;"], Kept("CREATE OR REPLACE VIEW v AS SELECT NULL;"));

    private static string[] Kept(params string[] statements)
    {
        var needless = new NeedlessStatements();
        return [.. statements.Where(statement => !needless.Contain(Encoding.UTF8.GetBytes(statement), Encoding.UTF8))];
    }
}
