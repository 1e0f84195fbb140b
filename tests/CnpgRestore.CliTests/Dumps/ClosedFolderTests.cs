using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Dumps;

/// <summary>A share in which one folder is another user's: the others are listed, and it is told which one is closed.</summary>
public sealed class ClosedFolderTests : IDisposable
{
    private readonly TemporaryFolder _share = new("share");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_closed_folder_hides_no_other_and_is_named()
    {
        Write("last/app-20261120-020000.sql");
        Write("private/app-20261119-020000.sql");
        Write("last/app-20261118.dir/toc.dat");
        Write("listed/app-20261117-020000.sql");
        Write("lost+found/#12.sql");
        Close("private", "last/app-20261118.dir", "lost+found");
        // Whoever may list it and not enter it sees names and no file.
        File.SetUnixFileMode(At("listed"), UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        var text = await RunAsync("dumps", "list", _share.Path);
        var json = await RunAsync("dumps", "list", _share.Path, "-o", "json");

        Assert.Equal((12, 12), (text.ExitCode, json.ExitCode));
        foreach (var closed in (string[])["private", "last/app-20261118.dir", "listed"])
        {
            Assert.Contains($"{closed} is unreadable: Permission denied: {At(closed)} cannot be read", text.Output, StringComparison.Ordinal);
        }

        Assert.Contains("latest  last/app-20261120-020000.sql", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("leads nowhere", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("suspicious", text.Output, StringComparison.Ordinal);
        var dumps = JsonDocument.Parse(json.Output).RootElement.GetProperty("dumps").EnumerateArray().ToDictionary(dump => dump.GetProperty("name").GetString()!, dump => dump.GetProperty("state").GetString());
        Assert.Equal(["last/app-20261118.dir", "last/app-20261120-020000.sql", "listed", "private"], dumps.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("unreadable", "complete"), (dumps["private"], dumps["last/app-20261120-020000.sql"]));
    }

    [Fact]
    public async Task From_dump_and_advise_tell_a_closed_folder_that_is_newer_than_every_dump()
    {
        Write("last/app-20261120-020000.sql");
        Write("private/app-20261119-020000.sql");
        Close("private");

        var restored = await RunAsync("from-dump", "--local", _share.Path, "--to", "postgres://postgres@127.0.0.1:1/app", "--dry-run");
        var advice = await RunAsync("advise", "--dumps", _share.Path);

        Assert.Equal(12, restored.ExitCode);
        Assert.Contains($"Permission denied: {At("private")} cannot be read", restored.Error, StringComparison.Ordinal);
        Assert.Contains("the newest that can be read is last/app-20261120-020000.sql", restored.Error, StringComparison.Ordinal);
        Assert.True(advice.ExitCode == 0, advice.Output + advice.Error);
        Assert.Contains("last/app-20261120-020000.sql", advice.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dumps list {0}")]
    [InlineData("dumps list {0}/last")]
    [InlineData("dumps inspect {0}")]
    [InlineData("dumps inspect {0}/app.sql")]
    [InlineData("from-dump --local {0} --to postgres://postgres@127.0.0.1:1/app --dry-run")]
    public async Task What_lies_in_a_closed_folder_is_denied_and_the_folder_named(string command)
    {
        Write("private/app.sql");
        Write("private/last/app.sql");
        Close("private");

        var result = await RunAsync([.. string.Format(System.Globalization.CultureInfo.InvariantCulture, command, At("private")).Split(' ')]);

        Assert.True(result.ExitCode == 12, result.Output + result.Error);
        Assert.Contains($"Permission denied: {At("private")} cannot be read", result.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var folder in Directory.GetDirectories(_share.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _share.Dispose();
    }

    private string At(string name) => Path.Combine(_share.Path, name);

    private void Write(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        var golden = Path.Combine(TestEnvironment.Repository, "tests", "CnpgRestore.Tests", "Golden", "dumps");
        File.Copy(Path.GetFileName(name) == "toc.dat" ? Path.Combine(golden, "app.dir", "toc.dat") : Path.Combine(golden, "app.sql"), At(name));
        File.SetLastWriteTimeUtc(At(name), new DateTime(2026, 11, 20, 2, 0, 5, DateTimeKind.Utc));
    }

    /// <summary>To the user that the program runs as, and to oneself where that is the same.</summary>
    private void Close(params string[] folders)
    {
        foreach (var folder in folders)
        {
            File.SetUnixFileMode(At(folder), Environment.IsPrivilegedProcess ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute : UnixFileMode.None);
        }
    }

    private static Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(PostgresUser.Command(NativeProgram.Path, arguments), Ct);
}
