using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A tablespace on a disk that can be made too small: the WAL has room all the while, so that the server lives.</summary>
sealed class SmallTablespace : IAsyncDisposable
{
    public const string Name = "small";

    private readonly PostgresServer _postgres;

    private SmallTablespace(PostgresServer postgres, SmallDisk disk)
    {
        _postgres = postgres;
        Disk = disk;
    }

    public SmallDisk Disk { get; }

    public static async Task<SmallTablespace> CreateAsync(PostgresServer postgres, CancellationToken ct)
    {
        var folder = Path.Combine(postgres.Folder, Name);
        var disk = await SmallDisk.MountAsync(folder, "100m", ct);
        await PostgresUser.OwnAsync(folder, ct);
        await postgres.ExecuteAsync($"CREATE TABLESPACE {Name} LOCATION '{folder}'", ct);
        return new SmallTablespace(postgres, disk);
    }

    public async ValueTask DisposeAsync()
    {
        await Disk.ResizeAsync(100 << 20, CancellationToken.None);
        await _postgres.ExecuteAsync($"DROP TABLESPACE {Name}", CancellationToken.None);
        await Disk.DisposeAsync();
    }
}
