using System.Diagnostics;
using CnpgRestore.Dumps;
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
    public async Task A_dump_that_may_not_be_opened_hides_no_other_and_is_not_forgotten()
    {
        await Write("last/app-20261120-020000.sql", "app.sql", "2026-11-20T02:00:05Z");
        await Write("last/app-20261121-020000.sql", "app.sql", "2026-11-21T02:00:05Z");
        await LinkAsync("last/app-20261121-020000.sql", "daily/app-20261121.sql");

        var (found, latest) = await (await DumpFolder.ReadAsync(new ClosedPlace("20261121"), _folder.FullName, Ct)).FindLatestAsync("app", Ct);

        Assert.Equal("last/app-20261120-020000.sql", latest?.Names[0]);
        Assert.Equal((DumpState.Unreadable, "Permission denied"), (found.Dumps[0].Inspection!.State, found.Dumps[0].Inspection!.Reason));
        Assert.Equal(["last/app-20261121-020000.sql", "daily/app-20261121.sql"], found.Dumps[0].Names);
    }

    [Fact]
    public async Task A_folder_that_may_not_be_entered_hides_no_other_and_is_not_forgotten()
    {
        await Write("last/app-20261120-020000.sql", "app.sql", "2026-11-20T02:00:05Z");
        await Write("last/app-20261121-020000.sql", "app.sql", "2026-11-21T02:00:05Z");
        await Write("private/app-20261122-020000.sql", "app.sql", "2026-11-22T02:00:05Z");
        Directory.CreateDirectory(At("last/private-20261123"));

        var (found, latest) = await (await DumpFolder.ReadAsync(new ClosedPlace("private"), _folder.FullName, Ct)).FindLatestAsync("app", Ct);

        Assert.Equal("last/app-20261121-020000.sql", latest?.Names[0]);
        var closed = found.Dumps.Where(dump => dump.File.Refusal is not null).ToDictionary(dump => dump.Names[0]);
        Assert.Equal(["last/private-20261123", "private"], closed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"Permission denied: {At("private")} cannot be read", closed["private"].File.Refusal!.Message);
        Assert.Equal((DumpState.Unreadable, $"Permission denied: {At("private")} cannot be read"), (closed["private"].Inspection!.State, closed["private"].Inspection!.Reason));
        // Nobody knows how much is in them, and the others are not odd beside them.
        Assert.All(found.Dumps, dump => Assert.Null(dump.Oddity));
    }

    [Fact]
    public async Task Where_every_folder_is_closed_the_refusal_names_one_of_them()
    {
        await Write("private/app-20261122-020000.sql", "app.sql", "2026-11-22T02:00:05Z");

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => DumpFolder.ReadAsync(new ClosedPlace("private"), _folder.FullName, Ct))).Problem;

        Assert.Equal((ProblemCode.AccessDenied, $"Permission denied: {At("private")} cannot be read"), (problem.Code, problem.Message));
    }

    [Fact]
    public async Task A_link_that_leads_out_of_the_folder_is_a_name_like_any_other()
    {
        await Write("elsewhere/today.sql", "app.sql", "2026-11-20T02:00:05Z");
        Directory.CreateDirectory(At("share"));
        File.CreateSymbolicLink(At("share/app-latest.sql"), At("elsewhere/today.sql"));

        var dump = Assert.Single((await DumpFolder.ReadAsync(At("share"), Ct)).Dumps);

        Assert.Equal(("app", "app-latest.sql", "app-latest.sql"), (dump.Database, Assert.Single(dump.Names), Assert.Single(dump.Links)));
        Assert.Equal(Time("2026-11-20T02:00:05Z"), dump.Time);
    }

    [Fact]
    public async Task A_folder_of_which_no_dump_may_be_opened_is_refused()
    {
        await Write("last/app-20261120-020000.sql", "app.sql", "2026-11-20T02:00:05Z");

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => DumpFolder.ReadAsync(new ClosedPlace("app"), _folder.FullName, Ct))).Problem;

        Assert.Equal(ProblemCode.AccessDenied, problem.Code);
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
        await Write("lost+found/#12.sql", "app.sql", "2026-11-23T02:00:05Z");
        await File.WriteAllBytesAsync(At("picture.png"), [0x89, 0x50, 0, 1], Ct);
        File.CreateSymbolicLink(At("app-latest.sql.gz"), "gone.sql.gz");

        var found = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal(["app.sql"], found.Dumps.Select(dump => dump.Names[0]));
        Assert.Equal(["app-latest.sql.gz"], found.DanglingLinks);
    }

    [Theory]
    [InlineData("app-20261122-143000.sql.gz", "last", "2026-11-22T14:30:00Z", "2026-11-22T14:30:00Z")]
    [InlineData("app-20261122.sql.gz", "weekly", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("app-202647.sql.gz", "weekly", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("app-202701.sql.gz", "weekly", "2027-01-04T00:00:00Z", "2027-01-11T00:00:00Z")]
    [InlineData("app-202612.sql.gz", "monthly", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("app-202612.sql.gz", "", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void A_name_speaks_of_a_span(string name, string folder, string from, string to) =>
        Assert.Equal(new DumpName("app", Time(from), Time(to)), DumpName.TryParse(name, folder));

    [Theory]
    [InlineData("app-latest.sql.gz", "app")]
    [InlineData("latest.sql", null)]
    [InlineData("latest.sql.gz", null)]
    public void The_latest_has_no_date(string name, string? database)
    {
        var parsed = DumpName.TryParse(name, "last");
        Assert.Equal(new DumpName(database, null, null), parsed);
        Assert.True(parsed!.IsLatest);
    }

    [Theory]
    [InlineData("app-202600.sql", "weekly")]
    [InlineData("app-202654.sql", "weekly")]
    [InlineData("app-202753.sql", "weekly")]
    [InlineData("app-000010.sql", "weekly")]
    [InlineData("app-202613.sql", "monthly")]
    [InlineData("app-20261122-243000.sql", "last")]
    [InlineData("-20261122.sql", "daily")]
    [InlineData("app-20261122x", "daily")]
    [InlineData("latest", "last")]
    public void A_date_that_does_not_exist_tells_nothing(string name, string folder) => Assert.Null(DumpName.TryParse(name, folder));

    [Theory]
    // The container may be in another time zone; the last byte comes after the first.
    [InlineData("2026-11-20T22:00:00Z", "2026-11-20T22:00:00Z")]
    [InlineData("2026-11-20T21:59:59Z", "2026-11-22T00:00:00Z")]
    [InlineData("2026-11-24T02:00:00Z", "2026-11-24T02:00:00Z")]
    [InlineData("2026-11-24T02:00:01Z", "2026-11-22T00:00:00Z")]
    public void The_disk_makes_precise_what_the_name_says(string written, string expected) =>
        Assert.Equal(Time(expected), DumpFolder.TimeOf(DumpName.TryParse("app-20261122.sql", "daily"), Time(written)));

    [Fact]
    public void Without_a_date_in_the_name_the_disk_is_believed()
    {
        Assert.Equal(Time("2026-11-20T00:00:00Z"), DumpFolder.TimeOf(DumpName.TryParse("app-latest.sql", "daily"), Time("2026-11-20T00:00:00Z")));
        Assert.Equal(Time("2026-11-20T00:00:00Z"), DumpFolder.TimeOf(name: null, Time("2026-11-20T00:00:00Z")));
    }

    [Fact]
    public async Task A_dump_of_half_the_size_of_the_others_is_odd()
    {
        await Write("daily/app-20261118.sql", 1000, "2026-11-18T00:00:05Z");
        await Write("daily/app-20261119.sql", 1100, "2026-11-19T00:00:05Z");
        await Write("daily/app-20261120.sql", 1200, "2026-11-20T00:00:05Z");
        await Write("daily/app-20261121.sql", 549, "2026-11-21T00:00:05Z");
        await Write("daily/other-20261122.sql", 100, "2026-11-22T00:00:05Z");

        var found = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal([null, "only 549 B, where the others of app have about 1.1 KiB", null, null, null], found.Dumps.Select(dump => dump.Oddity));
        await Write("daily/app-20261123.sql", 550, "2026-11-23T00:00:05Z");
        Assert.Equal(2, (await DumpFolder.ReadAsync(_folder.FullName, Ct)).Dumps.Count(dump => dump.Oddity is null && dump.File.Size.Bytes < 600));
    }

    [Fact]
    public async Task A_folder_is_searched_one_level_deep_and_the_more_precise_name_comes_first()
    {
        await Write("app.sql", "app.sql", "2026-11-22T02:00:05Z");
        await Write("other/app-20261121.sql", "app.sql", "2026-11-21T02:00:05Z");
        await LinkAsync("other/app-20261121.sql", "monthly/app-202611.sql", "weekly/app-202647.sql", "last/app-20261121-020000.sql");
        await Write("other/deeper/app-20261123.sql", "app.sql", "2026-11-23T02:00:05Z");
        Directory.CreateDirectory(At("daily/app.dir"));
        foreach (var file in Directory.EnumerateFiles(Golden.Path("dumps", "app.dir")))
        {
            File.Copy(file, Path.Combine(At("daily/app.dir"), Path.GetFileName(file)));
        }

        var found = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal(
            ["daily/app.dir", "app.sql", "last/app-20261121-020000.sql"],
            found.Dumps.OrderBy(dump => dump.Names[0] == "daily/app.dir" ? 0 : 1).Select(dump => dump.Names[0]));
        Assert.Equal(["last/app-20261121-020000.sql", "weekly/app-202647.sql", "monthly/app-202611.sql", "other/app-20261121.sql"], found.Dumps.Single(dump => dump.Names.Count == 4).Names);
        Assert.Equal(["."], found.Dumps.Single(dump => dump.Names[0] == "app.sql").KeptAs);
        Assert.Equal(["last", "weekly", "monthly", "other"], found.Dumps.Single(dump => dump.Names.Count == 4).KeptAs);
    }

    [Fact]
    public async Task The_latest_of_a_database_is_none_of_another()
    {
        await Write("daily/app-20261121.sql", "app.sql", "2026-11-21T02:00:05Z");
        await Write("daily/other-20261122.sql", "app.sql", "2026-11-22T02:00:05Z");
        await Write("unnamed.sql", "app.sql", "2026-11-20T02:00:05Z");
        var folder = await DumpFolder.ReadAsync(_folder.FullName, Ct);

        Assert.Equal("daily/other-20261122.sql", (await folder.FindLatestAsync(database: null, Ct)).Latest?.Names[0]);
        Assert.Equal("daily/app-20261121.sql", (await folder.FindLatestAsync("app", Ct)).Latest?.Names[0]);
        // Nobody knows what is in one without a name, where the others are of several databases.
        var third = await folder.FindLatestAsync("third", Ct);
        Assert.Equal((null, "unnamed.sql"), (third.Latest, Assert.Single(third.Candidates).Names[0]));
    }

    [Fact]
    public async Task A_newer_archive_of_another_database_is_passed_over_and_said_to_be()
    {
        // Its head names database app.
        await Write("nextcloud.dump", "app.custom", "2026-11-22T02:00:05Z");
        await Write("immich.dump", "app.custom", "2026-11-21T02:00:05Z");
        await Write("other.sql", "app.sql", "2026-11-20T02:00:05Z");
        await RenameAsync("immich.dump", "app", "pic");

        var (_, latest, passed) = await FindAsync("pic");

        Assert.Equal("immich.dump", latest);
        Assert.Equal(["nextcloud.dump is of database app"], passed);
    }

    [Theory]
    [InlineData("nextcloud-2026-11-22.sql.gz")]
    [InlineData("app-20261122.sql")]
    public async Task What_a_dump_says_of_itself_counts_before_its_name(string name)
    {
        await WriteText(name, Text("app-create-clean.sql").Replace("app", "nextcloud", StringComparison.Ordinal), "2026-11-22T02:00:05Z");
        await Write("app-20261121.sql", "app.sql", "2026-11-21T02:00:05Z");

        var (_, latest, passed) = await FindAsync("app");

        Assert.Equal("app-20261121.sql", latest);
        Assert.Equal([$"{name} is of database nextcloud"], passed);
    }

    [Theory]
    [InlineData("server1-20261122.sql", "app-create-clean.sql")]
    [InlineData("server1-20261122.dump", "app.custom")]
    [InlineData("postgres-20261122.sql", "cluster.sql")]
    public async Task What_holds_the_database_is_taken_whatever_its_name_where_it_is_the_newest(string name, string golden)
    {
        await Write(name, golden, "2026-11-22T02:00:05Z");
        await Write("app-20261121.sql", "app.sql", "2026-11-21T02:00:05Z");

        Assert.Equal(name, (await FindAsync("app")).Latest);

        await Write("app-20261123.sql", "app.sql", "2026-11-23T02:00:05Z");
        Assert.Equal("app-20261123.sql", (await FindAsync("app")).Latest);
    }

    [Fact]
    public async Task Dumps_that_are_named_for_another_database_and_are_of_it_are_passed_over_in_silence()
    {
        await Write("other-20261122.sql", "app.sql", "2026-11-22T02:00:05Z");
        await Write("app-20261122.dump", "app.custom", "2026-11-22T02:00:04Z");
        await Write("broken-20261122.sql.gz", "empty.sql.gz", "2026-11-22T02:00:03Z");
        await Write("postgres-20261122.sql", "cluster.sql", "2026-11-22T02:00:02Z");
        await Write("pic-20261121.sql", "app.sql", "2026-11-21T02:00:05Z");

        var (folder, latest, passed) = await FindAsync("pic");

        Assert.Equal("pic-20261121.sql", latest);
        Assert.Empty(passed);
        // What name and beginning agree on is not read to its end.
        Assert.Equal(["postgres-20261122.sql", "pic-20261121.sql"], folder.Dumps.Where(dump => dump.Inspection is not null).Select(dump => dump.Names[0]));
    }

    [Fact]
    public async Task A_broken_dump_of_the_whole_server_is_passed_over_and_said_to_be()
    {
        await WriteText("postgres-20261122.sql", Text("cluster.sql")[..4000], "2026-11-22T02:00:05Z");
        await Write("app-20261121.sql", "app.sql", "2026-11-21T02:00:05Z");

        var (_, latest, passed) = await FindAsync("app");

        Assert.Equal("app-20261121.sql", latest);
        Assert.StartsWith("postgres-20261122.sql is truncated: ", Assert.Single(passed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_alone_are_no_dump_of_a_database()
    {
        await WriteText("globals.sql", "-- PostgreSQL database cluster dump\nCREATE ROLE a;\n-- PostgreSQL database cluster dump complete\n", "2026-11-22T02:00:05Z");
        await Write("app.sql", "app.sql", "2026-11-21T02:00:05Z");

        var (_, latest, passed) = await FindAsync("app");

        Assert.Equal("app.sql", latest);
        Assert.Equal(["globals.sql is of a whole server, and holds no database app"], passed);
    }

    [Theory]
    // Nothing tells: the newest of each is shown.
    [InlineData("third", "nextcloud_2026-11-22.sql photos.sql nextcloud_2026-11-21.sql", null, "nextcloud_2026-11-22.sql photos.sql")]
    [InlineData("third", "a/backup.sql b/backup.sql", null, "a/backup.sql b/backup.sql")]
    [InlineData("third", "latest.sql a_2026-11-22.sql b_2026-11-22.sql", null, "latest.sql a_2026-11-22.sql b_2026-11-22.sql")]
    [InlineData("app", "unnamed.sql app-20261121.sql", null, "unnamed.sql app-20261121.sql")]
    // The name tells.
    [InlineData("photos", "photos.sql nextcloud.sql", "photos.sql", "")]
    [InlineData("photos", "photos/2026-11-22.sql nextcloud/2026-11-22.sql", "photos/2026-11-22.sql", "")]
    [InlineData("photos", "daily/photos_2026-11-22_03h00m.Sunday.sql nextcloud.sql", "daily/photos_2026-11-22_03h00m.Sunday.sql", "")]
    // Of one thing, whatever it is called.
    [InlineData("third", "backup_2026-11-22.sql backup_2026-11-21.sql latest.sql", "backup_2026-11-22.sql", "")]
    [InlineData("third", "2026-11-22/db.sql 2026-11-21/db.sql", "2026-11-22/db.sql", "")]
    [InlineData("third", "db.Mon.sql db.Sun.sql db-1732240000.sql", "db.Mon.sql", "")]
    public async Task Where_nothing_tells_what_a_dump_is_of_it_is_taken_only_where_all_are_of_one_thing(string database, string names, string? latest, string candidates)
    {
        foreach (var (index, name) in names.Split(' ').Index())
        {
            await Write(name, "app.sql", FormattableString.Invariant($"2026-11-22T{20 - index:00}:00:00Z"));
        }

        var found = await (await DumpFolder.ReadAsync(_folder.FullName, Ct)).FindLatestAsync(database, Ct);

        Assert.Equal((latest, candidates), (found.Latest?.Names[0], string.Join(' ', found.Candidates.Select(dump => dump.Names[0]))));
    }

    [Fact]
    public async Task Where_none_is_complete_there_is_no_latest()
    {
        await Write("daily/app-20261121.sql.gz", "empty.sql.gz", "2026-11-21T02:00:05Z");
        var (folder, latest) = await (await DumpFolder.ReadAsync(_folder.FullName, Ct)).FindLatestAsync("app", Ct);
        Assert.Null(latest);
        Assert.Equal(DumpState.Empty, folder.Dumps[0].Inspection?.State);
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

    private async Task<(DumpFolder Folder, string? Latest, IEnumerable<string> Passed)> FindAsync(string database)
    {
        var found = await (await DumpFolder.ReadAsync(_folder.FullName, Ct)).FindLatestAsync(database, Ct);
        return (found.Folder, found.Latest?.Names[0], found.Passed.Select(passed => $"{passed.Dump.Names[0]} {passed.Reason}"));
    }

    private static string Text(string golden) => File.ReadAllText(Golden.Path("dumps", golden));

    private async Task WriteText(string name, string text, string written)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        await File.WriteAllTextAsync(At(name), text, Ct);
        File.SetLastWriteTimeUtc(At(name), Time(written).UtcDateTime);
    }

    /// <summary>Another database in the head of an archive; its name is as long.</summary>
    private async Task RenameAsync(string name, string from, string to)
    {
        var bytes = await File.ReadAllBytesAsync(At(name), Ct);
        var written = File.GetLastWriteTimeUtc(At(name));
        System.Text.Encoding.UTF8.GetBytes(to).CopyTo(bytes, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(from)));
        await File.WriteAllBytesAsync(At(name), bytes, Ct);
        File.SetLastWriteTimeUtc(At(name), written);
    }

    private async Task Write(string name, int size, string written)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        await File.WriteAllTextAsync(At(name), new string('-', size - 1) + "\n", Ct);
        File.SetLastWriteTimeUtc(At(name), Time(written).UtcDateTime);
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

    /// <summary>This machine's disks, of which some files and folders may not be opened: the tests may open everything.</summary>
    private sealed class ClosedPlace(string closed) : IDumpPlace
    {
        public bool IsHere => true;

        public async Task<IReadOnlyList<PlacedFile>> ListAsync(string folder, CancellationToken ct) =>
        [
            .. from file in await LocalDumps.Instance.ListAsync(folder, ct)
               where !Path.GetFileName(Path.GetDirectoryName(file.Path))!.StartsWith(closed, StringComparison.Ordinal)
               select file.IsFolder && Path.GetFileName(file.Path).StartsWith(closed, StringComparison.Ordinal)
                   ? file with { Refusal = new Problem(ProblemCode.AccessDenied, $"Permission denied: {file.Path} cannot be read") }
                   : file,
        ];

        public Task<PlacedFile?> FindAsync(string path, CancellationToken ct) => LocalDumps.Instance.FindAsync(path, ct);

        public Task<Stream> OpenAsync(string path, CancellationToken ct) => Path.GetFileName(path).Contains(closed, StringComparison.Ordinal)
            ? throw new RestoreException(ProblemCode.AccessDenied, "Permission denied")
            : LocalDumps.Instance.OpenAsync(path, ct);

        public Task<Stream> ScriptAsync(DumpFile file, IReadOnlyList<string> options, CancellationToken ct) => LocalDumps.Instance.ScriptAsync(file, options, ct);

        public Task<string> VersionAsync(string program, CancellationToken ct) => LocalDumps.Instance.VersionAsync(program, ct);
    }
}
