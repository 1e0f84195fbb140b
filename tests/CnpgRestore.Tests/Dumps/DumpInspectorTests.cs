using CnpgRestore.Compression;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Tests.Dumps;

public sealed class DumpInspectorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-dumps-");

    public static TheoryData<string, ArchiveCompression> Packed => new()
    {
        { "app.sql", ArchiveCompression.None },
        { "app.sql.gz", ArchiveCompression.Gzip },
        { "app.sql.zst", ArchiveCompression.Zstd },
        { "app.sql.xz", ArchiveCompression.Xz },
        { "app.sql.bz2", ArchiveCompression.Bzip2 },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Packed))]
    public async Task What_is_in_a_dump_is_found_whatever_it_is_packed_with(string name, ArchiveCompression compression)
    {
        // The name must not matter.
        var path = Path.Combine(_folder.FullName, "backup");
        File.Copy(Golden.Path("dumps", name), path);

        var found = await InspectAsync(path);

        Assert.Equal((compression, DumpFormat.Plain, DumpState.Complete), (found.File.Compression, found.File.Format, found.State));
        Assert.Equal(("pg_dump", "15.18", "15.18", "UTF8"), (found.Program, found.ProgramVersion, found.ServerVersion, found.Encoding));
        var database = Assert.Single(found.Databases);
        Assert.Null(database.Name);
        Assert.Equal(["citext"], database.Extensions);
        Assert.Equal(["sales"], database.Schemas);
        Assert.Equal(
            [("empty", 0L), ("sales.\"Order items\"", 25L), ("sales.customers", 10L)],
            database.Tables.Select(table => (table.Name.ToString().Replace("public.", "", StringComparison.Ordinal), table.Rows)));
        Assert.Equal((3, 1, 1, 2, 1), (database.Created["TABLE"], database.Created["VIEW"], database.Created["INDEX"], database.Created["CONSTRAINT"], database.Created["FOREIGN KEY"]));
        Assert.Empty(database.Dropped);
    }

    [Theory]
    [InlineData("app-inserts.sql")]
    [InlineData("app-rows-per-insert.sql")]
    public async Task Rows_of_INSERT_are_counted_too(string name)
    {
        var found = await InspectAsync(Golden.Path("dumps", name));

        Assert.Equal(
            [("sales.\"Order items\"", 25L), ("sales.customers", 10L)],
            Assert.Single(found.Databases).Tables.Select(table => (table.Name.ToString(), table.Rows)));
    }

    [Fact]
    public async Task What_it_drops_and_creates_first_is_shown()
    {
        var found = await InspectAsync(Golden.Path("dumps", "app-create-clean.sql"));

        Assert.Equal(["app"], found.Connects);
        Assert.Equal(["app"], found.Databases.Select(database => database.Name));
        Assert.Contains(found.Notes, note => note.Contains("creates the database app", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SELECT 1;", false)]
    [InlineData("BEGIN;\nSELECT pg_catalog.lo_open('16400', 131072);\nCOMMIT;", true)]
    public async Task Whether_it_has_transactions_of_its_own_is_told(string statements, bool expected)
    {
        var path = Path.Combine(_folder.FullName, "app.sql");
        await File.WriteAllLinesAsync(path, ["-- PostgreSQL database dump", "CREATE TABLE public.t (a int);", statements, "-- PostgreSQL database dump complete"], Ct);

        var found = await InspectAsync(path);

        Assert.Equal(expected, Assert.Single(found.Databases).HasTransactions);
    }

    [Fact]
    public async Task What_it_drops_makes_without_checking_and_places_is_shown()
    {
        var path = Path.Combine(_folder.FullName, "app.sql");
        await File.WriteAllBytesAsync(
            path,
            """
            -- PostgreSQL database dump
            DROP INDEX public.i;
            DROP TABLE IF EXISTS public.t;
            DROP TABLE public.u;
            CREATE TABLESPACE fast LOCATION '/fast';
            CREATE TABLE public.t (a int);
            ALTER TABLE ONLY public.t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES public.u(a) NOT VALID;
            -- PostgreSQL database dump complete

            """u8.ToArray(),
            Ct);

        var found = await InspectAsync(path);

        var database = Assert.Single(found.Databases);
        Assert.Equal((2, 1), (database.Dropped["TABLE"], database.Dropped["INDEX"]));
        Assert.Equal(["c"], database.NotValid);
        Assert.Equal(["fast"], found.Tablespaces);
        Assert.Contains("written with -c: it drops 1 INDEX, 2 TABLE before it creates them again", found.Notes);
    }

    /// <summary>As ReadHead of pg_backup_archiver.c has it: a sign and as many bytes as an integer has; a string of length -1 is absent.</summary>
    [Theory]
    // Before 1.15 the compression is a level, since then one byte names the algorithm.
    [InlineData(1, 14, new byte[] { 1, 1, 0, 0, 0 })]
    [InlineData(1, 15, new byte[] { 2 })]
    [InlineData(2, 0, new byte[] { 2 })]
    public async Task The_head_of_an_archive_is_read_as_its_version_has_it(byte major, byte minor, byte[] compression)
    {
        byte[] head =
        [
            .. "PGDMP"u8, major, minor, 0, 4, 8, 1, .. compression,
            .. Integer(5), .. Integer(4), .. Integer(3), .. Integer(2), .. Integer(10), .. Integer(126), .. Integer(0),
            .. Integer(3), .. "app"u8, 1, 1, 0, 0, 0, .. Integer(4), .. "17.6"u8,
        ];
        var path = Path.Combine(_folder.FullName, "app");
        await File.WriteAllBytesAsync(path, head, Ct);

        var found = await ReadHeadAsync(path);

        Assert.Equal((DumpState.HeadOnly, "an archive of 2026-11-02 03:04:05 for pg_restore; only its head was read"), (found.State, found.Reason));
        Assert.Equal(("app", null, "17.6"), (Assert.Single(found.Databases).Name, found.ServerVersion, found.ProgramVersion));

        static byte[] Integer(byte value) => [0, value, 0, 0, 0];
    }

    [Fact]
    public async Task How_far_a_dump_is_read_is_told()
    {
        var path = Golden.Path("dumps", "app.sql");
        var read = new Reads();

        await DumpInspector.InspectAsync(await DumpFile.OpenAsync(path, Ct), read, Ct);

        Assert.Equal(read.Positions.Order(), read.Positions);
        Assert.InRange(read.Positions[^1], new FileInfo(path).Length / 2, new FileInfo(path).Length);
    }

    [Fact]
    public async Task What_is_no_dump_and_what_is_empty_is_called_so()
    {
        var (noDump, empty) = (Path.Combine(_folder.FullName, "app.sql"), Path.Combine(_folder.FullName, "empty.sql"));
        await File.WriteAllBytesAsync(noDump, [0x89, 0x50, 0, 1], Ct);
        await File.WriteAllBytesAsync(empty, [], Ct);

        var (first, second, packed) = (await InspectAsync(noDump), await InspectAsync(empty), await InspectAsync(Golden.Path("dumps", "empty.sql.gz")));

        Assert.Equal((DumpState.Damaged, "it is neither SQL nor an archive of pg_dump"), (first.State, first.Reason));
        Assert.StartsWith("nothing is in it (0 bytes)", second.Reason, StringComparison.Ordinal);
        Assert.StartsWith("nothing is in it, packed (20 bytes)", packed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(6)]
    public async Task An_archive_that_ends_in_its_head_is_damaged(int length)
    {
        var path = Path.Combine(_folder.FullName, "app");
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(Golden.Path("dumps", "app.custom"), Ct))[..length], Ct);

        Assert.Equal(DumpState.Damaged, (await InspectAsync(path)).State);
    }

    [Fact]
    public async Task A_cluster_dump_shows_what_it_does_to_the_server()
    {
        var found = await InspectAsync(Golden.Path("dumps", "cluster.sql"));

        Assert.Equal("it ends with the last line of pg_dumpall, line 583", found.Reason);
        Assert.Equal("line 16, DROP DATABASE \"Odd name's\";", found.ServerStatement);
        Assert.Equal(
            [
                "written with -C: it creates the databases Odd name's, app, postgres, template1",
                @"it begins with \restrict: psql older than August 2025 (17.6, 16.10, 15.14, 14.19, 13.22) stops at that line",
                "it alters the role postgres, its password included, which CloudNativePG looks after",
            ],
            found.Notes);
        var app = found.Databases.Single(database => database.Name == "app");
        Assert.Equal(("orders", "postgres"), (app.StatedOwner, app.Owners.Single(owner => owner.Key.ToString() == "sales.customers").Value));
        Assert.Equal("ENCODING=UTF8 LOCALE=C.UTF-8 LOCALE_PROVIDER=libc", string.Join(' ', app.CreateOptions.Select(option => $"{option.Key}={option.Value}")));
        Assert.Equal(["postgres"], app.Roles);
        Assert.Empty(app.Settings);
        var script = await File.ReadAllBytesAsync(Golden.Path("dumps", "cluster.sql"), Ct);
        Assert.Equal((586L, (long)script.Length), (found.Lines, found.TextSize.Bytes));
    }

    [Theory]
    [InlineData("--\n", "neither the first nor the last line of pg_dump is in it")]
    [InlineData("-- PostgreSQL database dump\nSELECT 1;\n", "the line '-- PostgreSQL database dump complete' is missing")]
    [InlineData("-- PostgreSQL database dump\nCREATE TABLE public.t (\n  a int", "it ends in the middle of line 2: CREATE TABLE public.t (")]
    [InlineData("-- PostgreSQL database dump\nCOPY public.t FROM stdin;\n1\n2\n", "it ends in the middle of line 5: the data of public.t has no end")]
    [InlineData("-- PostgreSQL database dump\nCOPY public.t FROM stdin;\n1\n2", "it ends in the middle of line 4: 2")]
    [InlineData("-- PostgreSQL database cluster dump\n-- PostgreSQL database dump\n-- PostgreSQL database dump complete\n", "the line '-- PostgreSQL database cluster dump complete' is missing")]
    [InlineData("-- PostgreSQL database dump\n-- PostgreSQL database dump\n-- PostgreSQL database dump complete\n", "the line '-- PostgreSQL database dump complete' is missing")]
    public async Task What_is_missing_of_a_truncated_dump_is_told(string script, string reason)
    {
        var path = Path.Combine(_folder.FullName, "app.sql");
        await File.WriteAllBytesAsync(path, System.Text.Encoding.UTF8.GetBytes(script), Ct);

        var found = await InspectAsync(path);

        Assert.Equal((DumpState.Truncated, reason), (found.State, found.Reason));
    }

    [Theory]
    [InlineData("-- MySQL dump 10.13\n--\nDROP TABLE IF EXISTS t;\n", "-- MySQL dump 10.13")]
    [InlineData("--\nSELECT 1;\n", "SELECT 1;")]
    [InlineData("apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: app\n", "apiVersion: postgresql.cnpg.io/v1")]
    public async Task A_script_of_another_program_is_no_dump(string script, string begin)
    {
        var path = Path.Combine(_folder.FullName, "app.sql");
        await File.WriteAllBytesAsync(path, System.Text.Encoding.UTF8.GetBytes(script), Ct);

        var found = await InspectAsync(path);

        Assert.Equal((DumpState.Damaged, true, $"pg_dump has not written it: it begins with '{begin}'"), (found.State, found.IsForeign, found.Reason));
    }

    [Fact]
    public async Task What_statements_make_and_fill_is_counted()
    {
        var path = Path.Combine(_folder.FullName, "app.sql");
        await File.WriteAllBytesAsync(
            path,
            """
            -- PostgreSQL database dump
            -- Dumped from database version 17.6 (Debian 17.6-1)
            -- Dumped by pg_dump version 17.7 (Debian 17.7-1)
            SET client_encoding = 'LATIN1';
            CREATE SCHEMA IF NOT EXISTS sales;
            CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
            CREATE TABLE sales.b (a int);
            ALTER TABLE sales.b OWNER TO app;
            CREATE TABLE sales.a (a int);
            INSERT INTO sales.b (a) VALUES (1), (2);
            INSERT INTO sales.a VALUES (1);
            INSERT INTO sales.b VALUES (3);
            COPY sales.a (a) FROM stdin;
            1
            2
            \.
            ALTER TABLE ONLY sales.b ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
            ALTER TABLE IF EXISTS ONLY sales.b ADD CONSTRAINT b_key UNIQUE (a);
            ALTER TABLE ONLY sales.b ADD COLUMN c int;
            ALTER ROLE app IN DATABASE app SET work_mem TO '1MB';
            -- PostgreSQL database dump complete

            """u8.ToArray(),
            Ct);

        var found = await InspectAsync(path);

        Assert.Equal(("17.7", "17.6", "LATIN1"), (found.ProgramVersion, found.ServerVersion, found.Encoding));
        var database = Assert.Single(found.Databases);
        Assert.Equal(["sales.b 3", "sales.a 3"], database.Tables.Select(table => FormattableString.Invariant($"{table.Name} {table.Rows}")));
        Assert.Equal(4, database.Tables[1].Bytes - "INSERT INTO sales.a VALUES (1);".Length);
        Assert.Equal("CONSTRAINT 2, EXTENSION 1, SCHEMA 1, TABLE 2", string.Join(", ", database.Created.Select(entry => FormattableString.Invariant($"{entry.Key} {entry.Value}"))));
        Assert.Equal("sales citext positive app", string.Join(' ', [.. database.Schemas, .. database.Extensions, .. database.NotValid, .. database.Roles]));
        Assert.Equal("line 20, ALTER ROLE app IN DATABASE app SET work_mem TO '1MB';", found.ServerStatement);
        Assert.Empty(found.Notes);
    }

    [Fact]
    public async Task Roles_of_settings_and_members_of_roles_are_told_apart_from_what_a_load_needs()
    {
        var path = Path.Combine(_folder.FullName, "all.sql");
        await File.WriteAllBytesAsync(
            path,
            """
            -- PostgreSQL database cluster dump
            CREATE ROLE own5;
            CREATE ROLE login5;
            CREATE ROLE deeper;
            CREATE ROLE alone;
            CREATE ROLE dba;
            GRANT own5 TO login5 WITH INHERIT TRUE GRANTED BY postgres;
            GRANT login5 TO deeper GRANTED BY postgres;
            GRANT postgres TO dba GRANTED BY postgres;
            -- PostgreSQL database cluster dump complete
            \connect template1
            -- PostgreSQL database dump
            CREATE DATABASE app WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C';
            COMMENT ON DATABASE app IS 'it''s ours';
            GRANT CONNECT ON DATABASE app TO granted;
            \connect app
            ALTER ROLE only_set IN DATABASE app SET work_mem TO '1MB';
            \connect app
            CREATE TABLE public.a (x int);
            ALTER TABLE public.a OWNER TO own5;
            COPY public.a (x) FROM stdin;
            \.
            SELECT pg_catalog.lo_create('16410');
            -- PostgreSQL database dump complete

            """u8.ToArray(),
            Ct);

        var found = await InspectAsync(path);

        var database = Assert.Single(found.Databases);
        Assert.Equal(("app", "it's ours", 1L), (database.Name, database.Comment, database.LargeObjects));
        Assert.Equal(["own5"], database.Roles);
        Assert.Equal(["granted", "only_set"], database.SettingRoles);
        Assert.Equal(["login5", "deeper"], found.MembersOf(["own5", "postgres"]));
    }

    [Fact]
    public async Task What_it_makes_is_known_by_name_behind_a_byte_order_mark_too()
    {
        var path = Path.Combine(_folder.FullName, "app.sql");
        await File.WriteAllBytesAsync(
            path,
            [.. DumpMagic.ByteOrderMark, .. """
            -- PostgreSQL database dump
            SET search_path = sales, pg_catalog;
            CREATE TABLE orders (a int, "partition" int) PARTITION BY RANGE (a);
            CREATE TABLE public.gone (a int);
            CREATE OR REPLACE VIEW totals AS SELECT 1;
            CREATE UNIQUE INDEX orders_a ON ONLY orders USING btree (a);
            CREATE CONSTRAINT TRIGGER "On change" AFTER UPDATE OF "ON" ON public.gone FOR EACH ROW EXECUTE FUNCTION f();
            CREATE POLICY mine ON orders USING (true);
            ALTER FOREIGN TABLE far ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
            CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION f();
            DROP TABLE public.gone;
            -- PostgreSQL database dump complete

            """u8],
            Ct);

        var found = await InspectAsync(path);

        Assert.Equal((DumpFormat.Plain, DumpState.Complete), (found.File.Format, found.State));
        var database = Assert.Single(found.Databases);
        Assert.Equal(
            ["constraint positive sales.far", "index sales.orders_a sales.orders", "policy mine sales.orders", "table sales.orders ", "view sales.totals "],
            database.Objects.Select(made => $"{made.Kind} {made.Name} {made.Table}").Order(StringComparer.Ordinal));
        Assert.Equal((1, "positive"), (database.Partitioned, Assert.Single(database.NotValid)));
    }

    [Fact]
    public async Task Names_that_the_search_path_qualifies_are_counted_where_they_are()
    {
        var path = Path.Combine(_folder.FullName, "app.sql");
        await File.WriteAllBytesAsync(
            path,
            """
            -- PostgreSQL database dump
            SET search_path = sales, pg_catalog;
            CREATE TABLE orders (a int);
            ALTER TABLE orders OWNER TO app;
            COPY orders (a) FROM stdin;
            1
            2
            \.
            SET search_path = "Old sales", pg_catalog;
            COPY orders (a) FROM stdin;
            3
            \.
            INSERT INTO orders VALUES (4);
            INSERT INTO sales.orders VALUES (5);
            SET search_path = public, pg_catalog;
            COPY orders (a) FROM stdin;
            \.
            -- PostgreSQL database dump complete

            """u8.ToArray(),
            Ct);

        var database = Assert.Single((await InspectAsync(path)).Databases);

        Assert.Equal(["sales.orders 3", "\"Old sales\".orders 2", "public.orders 0"], database.Tables.Select(table => FormattableString.Invariant($"{table.Name} {table.Rows}")));
        Assert.Equal("sales.orders app", Assert.Single(database.Owners.Select(owner => $"{owner.Key} {owner.Value}")));
    }

    [Fact]
    public async Task A_cluster_dump_shows_its_roles_and_databases()
    {
        var found = await InspectAsync(Golden.Path("dumps", "cluster.sql"));

        Assert.Equal((DumpState.Complete, "pg_dumpall"), (found.State, found.Program));
        Assert.Equal(["orders", "postgres"], found.Roles);
        Assert.Equal(["template1", "Odd name's", "app", "postgres"], found.Connects.Distinct());
        Assert.Equal(35, found.Databases.Single(database => database.Name == "app").Rows);
        Assert.Equal(1, found.Databases.Single(database => database.Name == "Odd name's").Rows);
    }

    [Fact]
    public async Task No_cut_passes_for_a_complete_dump()
    {
        var whole = await File.ReadAllBytesAsync(Golden.Path("dumps", "app.sql"), Ct);
        var path = Path.Combine(_folder.FullName, "app.sql");
        var footer = whole.AsSpan().LastIndexOf("complete"u8);
        for (var length = 1; length < footer; length += 37)
        {
            await File.WriteAllBytesAsync(path, whole[..length], Ct);
            Assert.Equal(DumpState.Truncated, (await InspectAsync(path)).State);
        }
    }

    [Fact]
    public async Task A_cluster_dump_that_ends_behind_one_of_its_databases_is_truncated()
    {
        var whole = await File.ReadAllTextAsync(Golden.Path("dumps", "cluster.sql"), Ct);
        var path = Path.Combine(_folder.FullName, "cluster.sql");
        await File.WriteAllBytesAsync(path, System.Text.Encoding.UTF8.GetBytes(whole[..whole.IndexOf("-- PostgreSQL database cluster dump complete", StringComparison.Ordinal)]), Ct);

        var found = await InspectAsync(path);

        Assert.Equal(DumpState.Truncated, found.State);
        Assert.Contains("cluster dump complete", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_or_changed_gzip_file_is_damaged()
    {
        var whole = await File.ReadAllBytesAsync(Golden.Path("dumps", "app.sql.gz"), Ct);
        var path = Path.Combine(_folder.FullName, "app.sql.gz");
        for (var length = 30; length < whole.Length; length += 101)
        {
            await File.WriteAllBytesAsync(path, whole[..length], Ct);
            Assert.Equal(DumpState.Damaged, (await InspectAsync(path)).State);
        }

        whole[^6] ^= 0x40;
        await File.WriteAllBytesAsync(path, whole, Ct);
        Assert.Equal(DumpState.Damaged, (await InspectAsync(path)).State);
    }

    [Fact]
    public async Task An_empty_gzip_file_is_called_what_it_is()
    {
        var found = await InspectAsync(Golden.Path("dumps", "empty.sql.gz"));

        Assert.Equal((DumpState.Empty, 20L), (found.State, found.File.Size.Bytes));
        Assert.Contains("the dump program failed", found.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("app.custom", DumpFormat.Custom)]
    [InlineData("app.tar", DumpFormat.Tar)]
    [InlineData("app.dir", DumpFormat.Directory)]
    public async Task The_head_of_an_archive_is_read(string name, DumpFormat format)
    {
        var found = await ReadHeadAsync(Golden.Path("dumps", name));

        Assert.Equal((format, DumpState.HeadOnly), (found.File.Format, found.State));
        Assert.Equal(("pg_dump", "15.18", "15.18", "app"), (found.Program, found.ProgramVersion, found.ServerVersion, found.Databases[0].Name));
        Assert.Matches(@"^an archive of 2026-1[12]-\d\d \d\d:\d\d:\d\d for pg_restore; only its head was read$", found.Reason);
        Assert.Equal([$"pg_restore --list {Golden.Path("dumps", name)} shows what is in it"], found.Notes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(255)]
    public async Task An_archive_with_impossible_integers_is_damaged(byte size)
    {
        var archive = await File.ReadAllBytesAsync(Golden.Path("dumps", "app.custom"), Ct);
        // Behind PGDMP and three bytes of the version.
        archive[8] = size;
        var path = Path.Combine(_folder.FullName, "app");
        await File.WriteAllBytesAsync(path, archive, Ct);

        Assert.Equal(DumpState.Damaged, (await InspectAsync(path)).State);
    }

    [Theory]
    [InlineData("app.custom")]
    [InlineData("app.tar")]
    public async Task An_archive_that_is_packed_once_more_is_read_to_its_end(string name)
    {
        var path = await PackAsync(await File.ReadAllBytesAsync(Golden.Path("dumps", name), Ct), $"{name}.gz");

        var (head, whole) = (await ReadHeadAsync(path), await InspectAsync(path));

        Assert.Equal((DumpState.HeadOnly, "app"), (head.State, head.Databases[0].Name));
        Assert.Equal([$"gzip -dc {path} | pg_restore --list shows what is in it"], head.Notes);
        Assert.Equal((DumpState.Complete, 35L, "app"), (whole.State, whole.Rows, whole.Origin));
        var creation = await DumpInspector.ReadCreationAsync(await DumpFile.OpenAsync(path, Ct), Ct);
        Assert.Equal(("app", "UTF8"), (creation?.Name, creation?.CreateOptions["ENCODING"]));
    }

    [Fact]
    public async Task An_archive_that_is_packed_once_more_and_cut_is_damaged()
    {
        var path = await PackAsync(await File.ReadAllBytesAsync(Golden.Path("dumps", "app.custom"), Ct), "app.dump.gz");
        var packed = await File.ReadAllBytesAsync(path, Ct);
        // The checksum behind the archive's last byte too.
        foreach (var length in new[] { packed.Length - 1, packed.Length - 8, packed.Length / 2 })
        {
            await File.WriteAllBytesAsync(path, packed[..length], Ct);

            Assert.Equal(DumpState.Damaged, (await InspectAsync(path)).State);
            Assert.Equal(DumpState.Damaged, (await InspectWhollyAsync(path)).State);
        }
    }

    [Theory]
    [InlineData("app.custom", 5000, "pg_restore cannot read it")]
    // Behind the table of contents, of which pg_restore finds no end; in a member; and behind the last one.
    [InlineData("app.tar", 7000, "the tar is cut: it ends behind the beginning of its member toc.dat")]
    [InlineData("app.tar", 9800, "the tar is cut: it ends behind the beginning of its member 3455.dat")]
    [InlineData("app.tar", 14_000, "the tar is cut: it ends behind the beginning of its member restore.sql")]
    public async Task An_archive_that_is_cut_is_damaged_though_its_head_is_whole(string name, int length, string reason)
    {
        var archive = await File.ReadAllBytesAsync(Golden.Path("dumps", name), Ct);
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllBytesAsync(path, archive[..length], Ct);

        var found = await InspectAsync(path).WaitAsync(TimeSpan.FromMinutes(1), Ct);

        Assert.Equal((DumpState.HeadOnly, DumpState.Damaged), ((await ReadHeadAsync(path)).State, found.State));
        Assert.Contains(reason, found.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_is_a_dump_may_be_named_from_where_one_stands_and_may_lack_a_file(bool isLacking)
    {
        var copy = _folder.CreateSubdirectory("app.dir");
        foreach (var file in Directory.GetFiles(Golden.Path("dumps", "app.dir")))
        {
            File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        }

        var relative = $"{Path.GetRelativePath(Environment.CurrentDirectory, copy.FullName)}/";
        if (isLacking)
        {
            Directory.GetFiles(copy.FullName, "*.dat*").Where(file => !file.EndsWith("toc.dat", StringComparison.Ordinal)).ToList().ForEach(File.Delete);
        }

        var found = await InspectAsync(relative);

        Assert.Equal((isLacking ? DumpState.Damaged : DumpState.Complete, DumpFormat.Directory), (found.State, found.File.Format));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pg_restore_that_is_older_than_the_archive_is_no_damage_of_the_archive(bool isPacked)
    {
        var archive = await File.ReadAllBytesAsync(Golden.Path("dumps", "app.custom"), Ct);
        // 1.99: behind PGDMP.
        archive[6] = 99;
        var path = await PackAsync(archive, "app.dump");
        if (!isPacked)
        {
            await File.WriteAllBytesAsync(path, archive, Ct);
        }

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => InspectWhollyAsync(path))).Problem;

        var head = await InspectAsync(path);
        Assert.Equal(DumpState.HeadOnly, head.State);
        Assert.EndsWith($"only its head was read: {problem.Message}", head.Reason, StringComparison.Ordinal);
        Assert.Equal((ProblemCode.Refused, $"pg_restore here is older than the dump {path}"), (problem.Code, problem.Message));
        Assert.Contains("unsupported version (1.99) in file header", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("postgresql-client", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_and_a_database_in_two_members_of_a_gzip_file_are_one_dump()
    {
        var roles = await PackAsync("-- PostgreSQL database cluster dump\nCREATE ROLE shop;\n-- PostgreSQL database cluster dump complete\n"u8.ToArray(), "roles");
        var path = Path.Combine(_folder.FullName, "both.sql.gz");
        await File.WriteAllBytesAsync(path, [.. await File.ReadAllBytesAsync(roles, Ct), .. await File.ReadAllBytesAsync(Golden.Path("dumps", "app.sql.gz"), Ct)], Ct);

        var found = await InspectAsync(path);

        Assert.Equal((DumpState.Complete, 35L, "shop"), (found.State, found.Rows, Assert.Single(found.Roles)));
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_not_found()
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => InspectAsync("/nowhere/app.sql"))).Problem;

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.StartsWith("Backup file not found", problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> PackAsync(byte[] content, string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        await using var gzip = new System.IO.Compression.GZipStream(File.Create(path), System.IO.Compression.CompressionLevel.Fastest);
        await gzip.WriteAsync(content, Ct);
        return path;
    }

    private static async Task<DumpInspection> InspectWhollyAsync(string path) => await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(path, Ct), progress: null, Ct);

    private static async Task<DumpInspection> ReadHeadAsync(string path) => await ArchiveHead.InspectAsync(await DumpFile.OpenAsync(path, Ct), Ct);

    private static async Task<DumpInspection> InspectAsync(string path) => await DumpInspector.InspectAsync(await DumpFile.OpenAsync(path, Ct), progress: null, Ct);
}
