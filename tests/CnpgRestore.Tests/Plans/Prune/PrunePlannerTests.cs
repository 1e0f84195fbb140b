using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Prune;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.Plans.Prune;

/// <summary>On two folders that barman wrote. Of the newer one the last base backup ended at 17:55, behind the last transaction of the other.</summary>
public sealed class PrunePlannerTests : IDisposable
{
    private const string LastSegment = "wals/0000000200000000/000000020000000000000010.bz2";
    private static readonly DateTime End = new(2026, 11, 22, 17, 55, 0, DateTimeKind.Utc);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("cnpg-restore-test-");

    public PrunePlannerTests()
    {
        Put("old", text => text);
        Put("new", text => text.Replace("2026-11-22 17:52:38.905821", "2026-11-22 17:55:00.000000", StringComparison.Ordinal));
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task What_is_older_by_its_transactions_may_go_whenever_it_was_copied()
    {
        Date(End.AddMinutes(5));

        Assert.Null(await RefusalAsync());
    }

    [Fact]
    public async Task Later_WAL_that_cannot_be_read_may_hold_transactions()
    {
        await File.WriteAllBytesAsync(Path.Combine(_root.FullName, "old", LastSegment), "damaged"u8.ToArray(), TestContext.Current.CancellationToken);
        Date(End);

        var problem = await RefusalAsync();

        Assert.Equal("old/ holds later WAL than the newest base backup of new/, and whether it holds transactions cannot be told", problem?.Message);
        Assert.Contains("was written at 2026-11-22T17:55:00Z; WAL segment 000000020000000000000010 cannot be read", problem?.Detail, StringComparison.Ordinal);
        Assert.EndsWith("cnpg-restore drill --server old", problem?.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Later_WAL_without_a_commit_in_its_last_segments_may_hold_transactions_before_them()
    {
        // Up to the third segment nobody has committed anything.
        var wal = new DirectoryInfo(Path.Combine(_root.FullName, "old", "wals"));
        foreach (var file in wal.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => string.CompareOrdinal(file.Name, "000000010000000000000004") >= 0))
        {
            file.Delete();
        }

        Date(End);

        var problem = await RefusalAsync();

        Assert.Equal(ProblemCode.Refused, problem?.Code);
        Assert.Contains("the 2 segments up to 000000010000000000000003 hold no end of a transaction", problem?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WAL_from_before_the_newer_backup_is_in_that_backup_whatever_it_holds()
    {
        await File.WriteAllBytesAsync(Path.Combine(_root.FullName, "old", LastSegment), "damaged"u8.ToArray(), TestContext.Current.CancellationToken);
        Date(End.AddSeconds(-1));

        Assert.Null(await RefusalAsync());
    }

    private async Task<Problem?> RefusalAsync()
    {
        using var store = new DirectoryObjectStore(_root.FullName);
        var planner = new PrunePlanner(store, new FakeTimeProvider(new DateTimeOffset(End).AddYears(1)));
        var request = new PruneRequest("old", "new", IsNewSystem: false, PruneRequest.DefaultIdle);
        try
        {
            await planner.PlanAsync(request, removalBegun: false, TestContext.Current.CancellationToken);
            return null;
        }
        catch (RestoreException e)
        {
            return e.Problem;
        }
    }

    private void Put(string server, Func<string, string> edit)
    {
        var source = Golden.Path("barman", "postgres-v15");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_root.FullName, server, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(file) == "backup.info")
            {
                File.WriteAllBytes(target, System.Text.Encoding.UTF8.GetBytes(edit(File.ReadAllText(file))));
            }
            else
            {
                File.Copy(file, target);
            }
        }
    }

    /// <summary>When everything was written, by the store.</summary>
    private void Date(DateTime time)
    {
        foreach (var file in _root.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            file.LastWriteTimeUtc = time;
        }
    }
}
