using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>An S3 key pair, from the standard <c>AWS_*</c> variables or the profile files. Never from a flag.</summary>
public sealed class S3Credentials(string accessKeyId, Secret secretAccessKey, Secret? sessionToken)
{
    /// <summary>Names the key pair in messages; it is no secret.</summary>
    public string AccessKeyId { get; } = accessKeyId;

    /// <param name="profile">A name in <c>~/.aws/config</c> or <c>~/.aws/credentials</c>; null: the variables, then the profile <c>default</c>.</param>
    /// <exception cref="RestoreException">There are none, or the profile does not exist or cannot be read.</exception>
    public static S3Credentials Find(string? profile)
    {
        if (profile is null && EnvironmentVariables.AwsAccessKeyId is { } id && EnvironmentVariables.AwsSecretAccessKey is { } secret)
        {
            return new S3Credentials(id, new Secret(secret), EnvironmentVariables.AwsSessionToken is { } token ? new Secret(token) : null);
        }

        var name = profile ?? EnvironmentVariables.AwsProfile;
        if (new CredentialProfileStoreChain().TryGetAWSCredentials(name ?? "default", out var credentials))
        {
            return FromProfile(name ?? "default", credentials);
        }

        throw name is null
            ? new RestoreException(
                ProblemCode.AccessDenied,
                "no S3 credentials are configured",
                $"{NotSet} not set, and there is no profile 'default' in ~/.aws",
                "export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; with CNPG they are in the Secret that the Cluster's s3Credentials names")
            : new RestoreException(
                ProblemCode.AccessDenied,
                $"the S3 profile '{name}' does not exist",
                "it was looked for in ~/.aws/config and ~/.aws/credentials",
                "set AWS_PROFILE to one that 'aws configure list-profiles' shows");
    }

    public AWSCredentials ToSdk() => sessionToken is null
        ? new BasicAWSCredentials(AccessKeyId, secretAccessKey.Reveal())
        : new SessionAWSCredentials(AccessKeyId, secretAccessKey.Reveal(), sessionToken.Reveal());

    private static string NotSet => (EnvironmentVariables.AwsAccessKeyId, EnvironmentVariables.AwsSecretAccessKey) switch
    {
        (not null, null) => "AWS_SECRET_ACCESS_KEY is",
        (null, not null) => "AWS_ACCESS_KEY_ID is",
        _ => "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are",
    };

    private static S3Credentials FromProfile(string name, AWSCredentials credentials)
    {
        try
        {
            var found = credentials.GetCredentials();
            return new S3Credentials(found.AccessKey, new Secret(found.SecretKey), string.IsNullOrEmpty(found.Token) ? null : new Secret(found.Token));
        }
        catch (AmazonClientException e)
        {
            throw new RestoreException(
                ProblemCode.AccessDenied,
                $"the S3 profile '{name}' gives no credentials",
                e.Message,
                "log in again, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                e);
        }
    }
}
