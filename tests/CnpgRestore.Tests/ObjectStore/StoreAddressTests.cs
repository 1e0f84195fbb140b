using CnpgRestore.ObjectStore;
using CsCheck;

namespace CnpgRestore.Tests.ObjectStore;

public sealed class StoreAddressTests
{
    private static readonly Gen<string> Name = Gen.Char["ab09-."].Array[1, 10].Select(letters => $"x{new string(letters)}x");

    [Fact]
    public void Every_bucket_and_path_round_trips() => Gen.Select(Name, Name.Array[0, 3]).Sample((bucket, folders) =>
    {
        var address = StoreAddress.Parse($"s3://{bucket}/{string.Join('/', folders)}");
        Assert.False(address.IsDirectory);
        Assert.Equal(bucket, address.Bucket);
        Assert.Equal(string.Concat(folders.Select(folder => $"{folder}/")), address.Path);
        Assert.Equal(address, StoreAddress.Parse(address.ToString()));
    });

    [Fact]
    public void Every_directory_round_trips() => Name.Array[1, 4].Sample(folders =>
    {
        var address = StoreAddress.Parse($"file:///{string.Join('/', folders)}");
        Assert.True(address.IsDirectory);
        Assert.Equal($"/{string.Join('/', folders)}", address.Path);
        Assert.Equal(address, StoreAddress.Parse(address.ToString()));
    });

    [Theory]
    [InlineData("s3://cloudnative-pg", "cloudnative-pg", "", "s3://cloudnative-pg")]
    [InlineData("s3://cloudnative-pg/", "cloudnative-pg", "", "s3://cloudnative-pg")]
    [InlineData("s3://bucket/a/b", "bucket", "a/b/", "s3://bucket/a/b")]
    [InlineData("s3://bucket/a/b///", "bucket", "a/b/", "s3://bucket/a/b")]
    public void A_final_slash_changes_nothing(string text, string bucket, string path, string printed)
    {
        var address = StoreAddress.Parse(text);
        Assert.Equal((bucket, path, printed), (address.Bucket, address.Path, address.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("cloudnative-pg")]
    [InlineData("s3://")]
    [InlineData("s3:///path")]
    [InlineData("S3://bucket")]
    [InlineData("https://gateway/bucket")]
    [InlineData("file://relative")]
    [InlineData("/mnt/mirror")]
    public void What_is_neither_is_refused(string? text) => Assert.False(StoreAddress.TryParse(text, null, out _));
}
