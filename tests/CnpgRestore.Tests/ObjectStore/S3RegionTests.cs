using Amazon.Runtime.CredentialManagement;
using CnpgRestore.ObjectStore.S3;

namespace CnpgRestore.Tests.ObjectStore;

public sealed class S3RegionTests : IDisposable
{
    private readonly DirectoryInfo _profiles = Directory.CreateTempSubdirectory("cnpg-restore-test-");

    public void Dispose() => _profiles.Delete(recursive: true);

    [Theory]
    [InlineData("https://s3.eu-central-1.amazonaws.com", "eu-central-1")]
    [InlineData("https://s3.dualstack.eu-west-3.amazonaws.com", "eu-west-3")]
    [InlineData("https://s3-us-west-2.amazonaws.com", "us-west-2")]
    [InlineData("https://s3-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1")]
    [InlineData("https://bucket.vpce-1a2b3c.s3.us-east-2.vpce.amazonaws.com", "us-east-2")]
    [InlineData("https://s3.cn-north-1.amazonaws.com.cn", "cn-north-1")]
    [InlineData("https://S3.CN-NORTHWEST-1.amazonaws.com.cn", "cn-northwest-1")]
    [InlineData("https://s3.amazonaws.com", "us-east-1")]
    [InlineData("https://s3.us-west-004.backblazeb2.com", "us-east-1")]
    [InlineData("https://s3.eu-central-1.amazonaws.com.example.org", "us-east-1")]
    [InlineData("http://127.0.0.1:7480", "us-east-1")]
    [InlineData(null, "us-east-1")]
    public void A_host_of_AWS_names_its_region(string? endpoint, string region) => Assert.Equal(region, Find(endpoint));

    [Theory]
    [InlineData(null, "eu-north-1")]
    [InlineData("backup", "ap-south-1")]
    [InlineData("nothing", "us-east-1")]
    public void A_profile_names_its_region(string? profile, string region)
    {
        Write("config", "[default]\nregion = eu-north-1\n[profile backup]\nregion = ap-south-1\n");
        Write("credentials", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n[backup]\naws_access_key_id = c\naws_secret_access_key = d\n");

        Assert.Equal(region, Find(endpoint: null, profile));
    }

    [Fact]
    public void The_variable_goes_first_then_the_host_then_the_profile()
    {
        Write("config", "[default]\nregion = eu-north-1\n");
        Write("credentials", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");

        Assert.Equal("sa-east-1", Find("https://s3.eu-central-1.amazonaws.com", variable: "sa-east-1"));
        Assert.Equal("eu-central-1", Find("https://s3.eu-central-1.amazonaws.com"));
        Assert.Equal("eu-north-1", Find("https://s3.example.org"));
    }

    [Fact]
    public void Profiles_that_cannot_be_understood_are_none()
    {
        Write("credentials", "this is no profile\n");

        Assert.Equal("us-east-1", Find(endpoint: null));
    }

    private string Find(string? endpoint, string? profile = null, string? variable = null) =>
        S3Region.Find(endpoint is null ? null : new Uri(endpoint), variable, new CredentialProfileStoreChain(Path.Combine(_profiles.FullName, "credentials")), profile);

    private void Write(string name, string content) => File.WriteAllBytes(Path.Combine(_profiles.FullName, name), System.Text.Encoding.UTF8.GetBytes(content));
}
