using System.Globalization;

namespace CnpgRestore.TestServers;

/// <summary>A folder of dumps as postgres-backup-local leaves it on an NFS share, written by the real pg_dump.</summary>
public sealed class DumpShare : IDisposable
{
    private readonly TemporaryFolder _folder = new("dumps");

    public string Path => _folder.Path;

    /// <summary>
    /// Dumps a small database into <c>last/</c> under another database's name, links it into <c>daily/</c> as the container does, and dates both back.
    /// Returns the file.
    /// </summary>
    public async Task<string> AddAsync(PostgresServer postgres, string database, TimeSpan age, CancellationToken ct)
    {
        await using var source = await TestDatabase.CreateAsync(postgres, "CREATE TABLE items AS SELECT n, md5(n::text) AS text FROM generate_series(1, 1000) n", ct);
        var dump = await source.DumpAsync(ct);
        var time = TimeProvider.System.GetUtcNow().UtcDateTime - age;
        var last = Directory.CreateDirectory(System.IO.Path.Combine(Path, "last")).FullName;
        var daily = Directory.CreateDirectory(System.IO.Path.Combine(Path, "daily")).FullName;
        var file = System.IO.Path.Combine(last, string.Create(CultureInfo.InvariantCulture, $"{database}-{time:yyyyMMdd-HHmmss}.sql"));
        await File.WriteAllTextAsync(file, dump, ct);
        File.SetLastWriteTimeUtc(file, time);
        var link = System.IO.Path.Combine(daily, string.Create(CultureInfo.InvariantCulture, $"{database}-{time:yyyyMMdd}.sql"));
        (await ToolProcess.RunAsync(new ToolCommand("ln", file, link), ct)).Succeeded();
        return file;
    }

    public void Dispose() => _folder.Dispose();
}
