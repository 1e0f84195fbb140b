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
        var found = await InspectAsync(Golden.Path("dumps", name));

        Assert.Equal((format, DumpState.HeadOnly), (found.File.Format, found.State));
        Assert.Equal(("15.18", "15.18", "app"), (found.ProgramVersion, found.ServerVersion, found.Databases[0].Name));
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

    [Fact]
    public async Task A_file_that_does_not_exist_is_not_found()
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => InspectAsync("/nowhere/app.sql"))).Problem;

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.StartsWith("Backup file not found", problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<DumpInspection> InspectAsync(string path) => await DumpInspector.InspectAsync(await DumpFile.OpenAsync(path, Ct), progress: null, Ct);
}
