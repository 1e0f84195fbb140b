namespace CnpgRestore.ObjectStore;

/// <summary>
/// Where a store is: <c>s3://cloudnative-pg</c>, <c>s3://bucket/path</c>, or a directory, <c>file:///mnt/mirror</c>.
/// </summary>
/// <param name="Bucket">The bucket; empty for a directory.</param>
/// <param name="Path">Below the bucket, with a final slash or empty; for a directory its absolute path.</param>
public sealed record StoreAddress(bool IsDirectory, string Bucket, string Path) : IParsable<StoreAddress>
{
    public static StoreAddress Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var address) ? address : throw new FormatException($"'{text}' is not s3://BUCKET[/path] or file:///folder.");

    public static bool TryParse(string? text, IFormatProvider? provider, out StoreAddress address)
    {
        address = null!;
        if (text is null)
        {
            return false;
        }

        const string directory = "file://";
        if (text.StartsWith(directory + "/", StringComparison.Ordinal))
        {
            address = new StoreAddress(IsDirectory: true, "", System.IO.Path.GetFullPath(text[directory.Length..]));
            return true;
        }

        const string s3 = "s3://";
        if (!text.StartsWith(s3, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = text[s3.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : rest[(slash + 1)..].TrimEnd('/');
        address = new StoreAddress(IsDirectory: false, bucket, path.Length == 0 ? "" : path + "/");
        return bucket.Length > 0;
    }

    public override string ToString() => IsDirectory ? $"file://{Path}" : $"s3://{Bucket}/{Path}".TrimEnd('/');
}
