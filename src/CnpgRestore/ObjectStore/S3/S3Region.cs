using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>The region that requests are signed with, where no Secret names it: <c>eu-central-1</c>.</summary>
public static partial class S3Region
{
    /// <summary>What AWS takes for its oldest endpoint, and most S3-likes for any.</summary>
    private const string Default = "us-east-1";

    /// <summary>By <c>AWS_REGION</c>, the host's name, or the profile in <c>~/.aws</c>, in this order.</summary>
    /// <param name="endpoint">Null for AWS itself.</param>
    public static string Find(Uri? endpoint) =>
        Find(endpoint, EnvironmentVariables.AwsRegion, new CredentialProfileStoreChain(), EnvironmentVariables.AwsProfile);

    // A host of AWS that names its region takes signatures of no other, whatever a profile says that was written for other buckets.
    internal static string Find(Uri? endpoint, string? variable, CredentialProfileStoreChain profiles, string? profile) =>
        variable ?? OfHost(endpoint) ?? OfProfile(profiles, profile ?? "default") ?? Default;

    private static string? OfHost(Uri? endpoint) => endpoint is not null && AwsHost().Match(endpoint.Host) is { Success: true } match ? match.Groups["region"].Value : null;

    private static string? OfProfile(CredentialProfileStoreChain profiles, string name)
    {
        try
        {
            return profiles.TryGetProfile(name, out var found) ? found.Region?.SystemName : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or AmazonClientException or ArgumentException)
        {
            // Who has credentials from elsewhere need not have profiles that can be read.
            return null;
        }
    }

    // https://docs.aws.amazon.com/general/latest/gr/s3.html
    [GeneratedRegex(
        @"(?:^|\.)s3(?:-fips)?[.-](?:dualstack\.)?(?<region>[a-z]{2,}(?:-[a-z]+)+-[0-9]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex AwsHost();
}
