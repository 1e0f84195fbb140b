using System.Diagnostics;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Tests.Dumps;

public sealed class DumpFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-dumps-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_of_one_dump_are_shown_once()
    {
        await Write("last/app-20261121-020000.sql.gz", "app.sql.gz", "2026-11-21T02:00:05Z");
        await Write("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z");
        await LinkAsync("last/app-20261122-020000.sql.gz", "daily/app-20261122.sql.gz", "weekly/app-202647.sql.gz", "monthly/app-202611.sql.gz");
        File.CreateSymbolicLink(At("last/app-latest.sql.gz"), "app-20261122-020000.sql.gz");
        File.CreateSymbolicLink(At("daily/app-latest.sql.gz"), "app-20261122.sql.gz");

        var found = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal(2, found.Dumps.Count);
        var newest = found.Dumps[0];
        Assert.Equal(["last/app-20261122-020000.sql.gz", "daily/app-20261122.sql.gz", "weekly/app-202647.sql.gz", "monthly/app-202611.sql.gz"], newest.Names);
        Assert.Equal(["daily/app-latest.sql.gz", "last/app-latest.sql.gz"], newest.Links);
        Assert.Equal(("app", Time("2026-11-22T02:00:05Z")), (newest.Database, newest.Time));
        Assert.Equal(["last"], found.Dumps[1].KeptAs);
    }

    [Fact]
    public async Task The_layout_of_the_runbook_is_understood()
    {
        await Write("daily/postgres-20261122.sql", "app.sql", "2026-11-22T03:00:00Z");
        await Write("monthly/postgres-20261101.sql", "app.sql", "2026-11-01T03:00:00Z");
        File.CreateSymbolicLink(At("latest.sql"), "daily/postgres-20261122.sql");

        var found = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal(["daily/postgres-20261122.sql", "monthly/postgres-20261101.sql"], found.Dumps.Select(dump => dump.Names[0]));
        Assert.Equal(["latest.sql"], found.Dumps[0].Links);
    }

    [Fact]
    public async Task Latest_is_the_newest_that_is_complete_and_says_why_others_are_not()
    {
        await Write("last/app-20261120-020000.sql.gz", "app.sql.gz", "2026-11-20T02:00:05Z");
        await Write("last/app-20261121-020000.sql.gz", "empty.sql.gz", "2026-11-21T02:00:05Z");
        await Write("last/app-20261122-020000.sql.gz", "app.sql.gz", "2026-11-22T02:00:05Z");
        await using (var file = File.OpenWrite(At("last/app-20261122-020000.sql.gz")))
        {
            file.SetLength(file.Length / 3);
        }

        var (found, latest) = await (await DumpFolder.ReadAsync(_folder.FullName, Ct)).FindLatestAsync("app", Ct);

        Assert.Equal("last/app-20261120-020000.sql.gz", latest?.Names[0]);
        Assert.Equal([DumpState.Damaged, DumpState.Empty, DumpState.Complete], found.Dumps.Select(dump => dump.Inspection!.State));
        Assert.NotNull(found.Dumps[0].Oddity);
    }

    [Fact]
    public async Task A_name_is_believed_where_the_disk_contradicts_it()
    {
        await Write("daily/app-20261120.sql", "app.sql", "2026-12-24T00:00:00Z");
        await Write("daily/app-20261121.sql", "app.sql", "2026-12-24T00:00:00Z");

        var found = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal([Time("2026-11-21T00:00:00Z"), Time("2026-11-20T00:00:00Z")], found.Dumps.Select(dump => dump.Time));
    }

    [Theory]
    [InlineData("my-app-20261122-143000.sql.gz", "last", "my-app", "2026-11-22T14:30:00Z")]
    [InlineData("app-202647.sql.gz", "weekly", "app", "2026-11-16T00:00:00Z")]
    [InlineData("app-202612.sql.gz", "monthly", "app", "2026-12-01T00:00:00Z")]
    [InlineData("app-202653.sql", "weekly", "app", "2026-12-28T00:00:00Z")]
    [InlineData("app-20261122", "daily", "app", "2026-11-22T00:00:00Z")]
    public void A_name_tells_database_and_time(string name, string folder, string database, string from)
    {
        var parsed = DumpName.TryParse(name, folder);

        Assert.Equal((database, Time(from)), (parsed?.Database, parsed?.From));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("app-20261399.sql")]
    [InlineData("app.sql")]
    [InlineData("app-99991231.sql")]
    [InlineData("app-999912.sql")]
    [InlineData("app-٢٠٢٦٤٧.sql")]
    public void A_name_of_another_form_tells_nothing(string name)
    {
        Assert.Null(DumpName.TryParse(name, "daily"));
        Assert.Null(DumpName.TryParse(name, "weekly"));
    }

    [Theory]
    [InlineData("app.sql")]
    [InlineData("app.dir")]
    public async Task A_single_dump_is_a_folder_of_one(string name)
    {
        var found = await DumpFolder.ReadAsync(Golden.Path("dumps", name), Ct);

        Assert.Equal([name], Assert.Single(found.Dumps).Names);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_not_found()
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => DumpFolder.ReadAsync("/nowhere", Ct))).Problem;

        Assert.Equal((ProblemCode.NotFound, "Backup file not found: /nowhere does not exist"), (problem.Code, problem.Message));
    }

    [Fact]
    public async Task A_folder_without_a_dump_is_not_found()
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => DumpFolder.ReadAsync(_folder.FullName, Ct))).Problem;

        Assert.Equal((ProblemCode.NotFound, true), (problem.Code, problem.Message.StartsWith("Backup file not found", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Files_that_are_no_dumps_and_dangling_links_do_not_disturb()
    {
        await Write("app.sql", "app.sql", "2026-11-22T02:00:05Z");
        await File.WriteAllBytesAsync(At("picture.png"), [0x89, 0x50, 0, 1], Ct);
        File.CreateSymbolicLink(At("app-latest.sql.gz"), "gone.sql.gz");

        var found = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal(["app.sql"], found.Dumps.Select(dump => dump.Names[0]));
        Assert.Equal(["app-latest.sql.gz"], found.DanglingLinks);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private Task Write(string name, string golden, string written)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.Copy(Golden.Path("dumps", golden), At(name));
        File.SetLastWriteTimeUtc(At(name), Time(written).UtcDateTime);
        return Task.CompletedTask;
    }

    private async Task LinkAsync(string target, params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
            using var link = Process.Start("ln", [At(target), At(name)]);
            await link.WaitForExitAsync(Ct);
            Assert.Equal(0, link.ExitCode);
        }
    }
}
