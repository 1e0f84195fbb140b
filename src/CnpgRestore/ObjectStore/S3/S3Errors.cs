using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using static CnpgRestore.ConnectionFailure;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>
/// The one place where an answer of S3, or its absence, becomes a retry or a <see cref="Problem"/>. Codes:
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
/// </summary>
static class S3Errors
{
    /// <summary>The server, or the line to it, cannot keep up.</summary>
    public static bool IsThrottling(Exception e) => e switch
    {
        AmazonS3Exception s3 => s3.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
            || s3.ErrorCode is "SlowDown" or "RequestTimeout" or "Throttling" or "RequestLimitExceeded",
        TimeoutException => true,
        _ => false,
    };

    /// <summary>The same request may succeed in a moment.</summary>
    public static bool IsPassing(Exception e) => IsThrottling(e) || e switch
    {
        // CopyObject may answer 200 with an error in the body: the SDK throws it with that status.
        AmazonS3Exception s3 => s3.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout
            || s3.ErrorCode is "InternalError",
        AmazonServiceException service => service.InnerException is HttpRequestException or IOException || service.StatusCode >= HttpStatusCode.InternalServerError,
        HttpRequestException http => http.InnerException is not AuthenticationException,
        IOException or SocketException => true,
        // An answer that ends early, or is a login page instead of S3's.
        XmlException => true,
        AmazonClientException client => client.InnerException is { } inner && IsPassing(inner),
        _ => false,
    };

    /// <summary>
    /// 400 without a word of S3: who could not read the request. Ceph's gateway answers so to a request that follows another whose content it had not read
    /// to its end on the same connection. It may also be meant, as at a HEAD, whose answer has no content: worth few retries.
    /// </summary>
    public static bool IsUnexplained(Exception e) => e is AmazonS3Exception { StatusCode: HttpStatusCode.BadRequest, ErrorCode: nameof(HttpStatusCode.BadRequest) or "" or null };

    /// <summary>Nobody answers at the endpoint: worth few retries as long as it has never answered.</summary>
    public static bool IsUnreachable(Exception e) => Find<HttpRequestException>(e) is not null || Find<SocketException>(e) is not null;

    public static bool HasCode(this AmazonS3Exception e, params ReadOnlySpan<string> codes) => codes.Contains(e.ErrorCode);

    public static RestoreException Translate(Exception e, S3Settings settings, string what)
    {
        var where = settings.Endpoint?.ToString().TrimEnd('/') ?? "AWS";
        var bucket = settings.Address.Bucket;
        return Find<AmazonS3Exception>(e) is { } s3 ? Answered(s3) : Unanswered();

        RestoreException Answered(AmazonS3Exception s3) => s3.ErrorCode switch
        {
            "NoSuchBucket" => Problem(ProblemCode.NotFound, $"bucket {bucket} does not exist at {where}", "check --bucket and --endpoint; another S3 account may own it"),
            "NoSuchKey" or "NotFound" => Problem(ProblemCode.NotFound, $"{what} does not exist in {settings.Address}", null),
            "InvalidAccessKeyId" => Problem(ProblemCode.AccessDenied, $"Access denied: {where} does not know the key {settings.Credentials.AccessKeyId}",
                "export the AWS_ACCESS_KEY_ID that belongs to this endpoint"),
            "SignatureDoesNotMatch" => Problem(ProblemCode.AccessDenied, $"Access denied: the secret does not fit the key {settings.Credentials.AccessKeyId}",
                "check AWS_SECRET_ACCESS_KEY, also for a trailing newline: 'echo' puts one into a Secret, 'echo -n' does not"),
            "ExpiredToken" or "InvalidToken" => Problem(ProblemCode.AccessDenied, "Access denied: the session token has expired", "log in again, then run the same command again"),
            "RequestTimeTooSkewed" => Problem(ProblemCode.AccessDenied, "Access denied: this machine's clock differs too much from the server's", "set the clock (timedatectl), then run the same command again"),
            "AuthorizationHeaderMalformed" or "PermanentRedirect" or "IllegalLocationConstraintException" =>
                Problem(ProblemCode.Usage, $"bucket {bucket} is in another region than {settings.Region}", "set AWS_REGION to the bucket's region"),
            "InvalidBucketName" => Problem(ProblemCode.Usage, $"'{bucket}' is no valid bucket name", "--bucket s3://NAME[/path]"),
            "PreconditionFailed" => Problem(ProblemCode.Stopped, $"{what}: the source changed meanwhile", "stop the writer first, then run the same command again"),
            "InvalidObjectState" => Problem(ProblemCode.Refused, $"{what} lies in an archive storage class and cannot be read or copied", "restore it from the archive tier first (S3 RestoreObject)"),
            _ when s3.StatusCode == HttpStatusCode.NotFound => Problem(ProblemCode.NotFound, $"{what} does not exist in {settings.Address}", null),
            _ when s3.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
                Problem(ProblemCode.AccessDenied, $"Access denied: {what} in {settings.Address}",
                    $"allow the key {settings.Credentials.AccessKeyId} s3:ListBucket, GetObject, PutObject and DeleteObject on the bucket; a gateway with encrypted keys also needs the right passphrase"),
            _ when IsThrottling(s3) => Problem(ProblemCode.Stopped, $"{where} still throttles after many retries ({what})", "run the same command again later, with a smaller --parallel"),
            _ => Problem(ProblemCode.Unreachable, $"{where} answered {(int)s3.StatusCode} {s3.ErrorCode} ({what})", "run the same command again; it continues where it stopped"),
        };

        RestoreException Unanswered()
        {
            if (Find<AuthenticationException>(e) is { } tls)
            {
                return new RestoreException(ProblemCode.Unreachable, $"the certificate of {where} is not trusted", tls.Message, "give its authority with --endpoint-ca FILE or AWS_CA_BUNDLE", e);
            }

            var hint = ForwardHint(settings.Endpoint) ?? "check --endpoint, the network and the proxy, then run the same command again";
            return new RestoreException(ProblemCode.Unreachable, $"{where} cannot be reached: {Reason(e)}", $"while asking for {what}", hint, e);
        }

        RestoreException Problem(ProblemCode code, string message, string? hint) => new(code, message, DetailOf(), hint, e);

        string? DetailOf() => Find<AmazonS3Exception>(e) is { ErrorCode: { Length: > 0 } code } answer ? $"{code}: {answer.Message}".TrimEnd(' ', ':') : null;
    }

    /// <summary>A Service of Kubernetes (<c>NAME.NAMESPACE.svc</c>) is reached by pods only.</summary>
    private static string? ForwardHint(Uri? endpoint) => endpoint?.Host.Split('.') is [var service, var ns, "svc", ..]
        ? $"only pods know a Service by its name: kubectl port-forward -n {ns} service/{service} 9000:{endpoint.Port}, then the same command with --endpoint {endpoint.Scheme}://localhost:9000"
        : null;
}
