using CnpgRestore.LocalRestore;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Postgres;

namespace CnpgRestore.Tests.LocalRestore;

public sealed class TablespaceGuardTests : IDisposable
{
    private const int Length = 2048;

    private static readonly WalSegmentSize Size = WalSegmentSize.FromBytes(1 << 20);
    private static readonly WalSegmentName First = WalSegmentName.Parse("000000010000000000000007");

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("cnpg-restore-test-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_folder_of_this_machine_is_refused_with_the_place_in_the_log()
    {
        var refused = await Assert.ThrowsAsync<RestoreException>(() => CheckAsync(WrittenWal.TablespaceCreation(First, Size, _root.FullName, Length), begin: First.FirstLsn(Size)));

        Assert.Equal(ProblemCode.Refused, refused.Problem.Code);
        Assert.Contains($"at {First.FirstLsn(Size) + 40} in WAL segment {First},", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.StartsWith($"drill on a machine or in a container without {_root.FullName}; or take a base backup", refused.Problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_location_of_a_thousand_bytes_is_read_whole()
    {
        var deep = Path.Combine(_root.FullName, string.Join('/', Enumerable.Repeat(new string('x', 99), 9)));
        var shorter = Directory.CreateDirectory(Path.GetDirectoryName(deep)!).FullName;

        await CheckAsync(WrittenWal.TablespaceCreation(First, Size, deep, Length), begin: default);
        await Assert.ThrowsAsync<RestoreException>(() => CheckAsync(WrittenWal.TablespaceCreation(First, Size, shorter, Length), begin: default));
    }

    [Fact]
    public async Task A_folder_that_is_not_here_is_left_to_PostgreSQL() =>
        await CheckAsync(WrittenWal.TablespaceCreation(First, Size, Path.Combine(_root.FullName, "elsewhere"), Length), begin: default);

    [Fact]
    public async Task A_tablespace_inside_the_data_directory_is_none_of_this_machine() =>
        await CheckAsync(WrittenWal.TablespaceCreation(First, Size, "", Length), begin: default);

    [Fact]
    public async Task A_drop_writes_nothing() =>
        await CheckAsync(WrittenWal.TablespaceDrop(First, Size, _root.FullName, Length), begin: default);

    [Fact]
    public async Task What_lies_before_the_base_backup_is_not_replayed() =>
        await CheckAsync(WrittenWal.TablespaceCreation(First, Size, _root.FullName, Length), begin: First.FirstLsn(Size) + 41);

    private async Task CheckAsync(List<byte[]> wal, Lsn begin)
    {
        var file = Path.Combine(_root.FullName, "segment");
        await File.WriteAllBytesAsync(file, Assert.Single(wal), Ct);
        await new TablespaceGuard(Size, begin).CheckAsync(First, file, Ct);
    }
}
