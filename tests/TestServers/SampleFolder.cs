using System.Globalization;
using System.Text;
using Amazon.S3.Model;

namespace CnpgRestore.TestServers;

/// <summary>Small objects under keys like Barman's: two base backups, WAL segments in two folders, a history file.</summary>
public static class SampleFolder
{
    /// <param name="segments">WAL segments; with them come six other objects.</param>
    /// <param name="lineage">One letter. Folders of two lineages have the same keys and sizes, and other contents.</param>
    public static IReadOnlyDictionary<string, byte[]> Create(int segments, char lineage)
    {
        List<string> keys =
        [
            "base/20260301T020000/backup.info", "base/20260301T020000/data.tar.gz",
            "base/20260308T020000/backup.info", "base/20260308T020000/data.tar.gz", "base/20260308T020000/16400.tar.gz",
            "wals/00000002.history",
        ];
        for (var n = 0; n < segments; n++)
        {
            var log = (n % 2).ToString("X8", CultureInfo.InvariantCulture);
            keys.Add($"wals/00000001{log}/00000001{log}{n:X8}.gz");
        }

        return keys.ToDictionary(key => key, key => Encoding.ASCII.GetBytes($"{lineage} {key}"));
    }

    public static async Task PutAsync(this S3Server s3, S3Folder folder, IReadOnlyDictionary<string, byte[]> content, CancellationToken ct) =>
        await Parallel.ForEachAsync(content, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = ct }, async (item, token) =>
        {
            using var body = new MemoryStream(item.Value, writable: false);
            await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = folder.Bucket, Key = folder.Prefix + item.Key, InputStream = body }, token);
        });

    /// <summary>What a folder holds: keys below it, with their ETags (the MD5 of these contents).</summary>
    public static async Task<SortedDictionary<string, string>> ETagsAsync(this S3Server s3, S3Folder folder, CancellationToken ct) =>
        new((await s3.ListAsync(folder, ct)).ToDictionary(item => item.Key[folder.Prefix.Length..], item => item.ETag), StringComparer.Ordinal);
}
