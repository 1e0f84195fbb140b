using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.S3;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;

namespace CnpgRestore.Tests.ObjectStore;

/// <summary>Answers that the test server never gives; what it gives is read in the server tests.</summary>
public sealed class S3ErrorsTests
{
    private static readonly S3Settings Settings = new(StoreAddress.Parse("s3://backups/pg", null))
    {
        Endpoint = new Uri("https://s3.example.org"), Region = "eu-1", Credentials = new S3Credentials("AKEXAMPLE", new Secret("hidden"), null),
    };

    [Theory]
    [InlineData("NoSuchBucket", 404, ProblemCode.NotFound, "bucket backups does not exist at https://s3.example.org")]
    [InlineData("NoSuchKey", 404, ProblemCode.NotFound, "the key does not exist in s3://backups/pg")]
    [InlineData("", 404, ProblemCode.NotFound, "the key does not exist in s3://backups/pg")]
    [InlineData("InvalidAccessKeyId", 403, ProblemCode.AccessDenied, "Access denied: https://s3.example.org does not know the key AKEXAMPLE")]
    [InlineData("SignatureDoesNotMatch", 403, ProblemCode.AccessDenied, "Access denied: the secret does not fit the key AKEXAMPLE")]
    [InlineData("ExpiredToken", 400, ProblemCode.AccessDenied, "Access denied: the session token has expired")]
    [InlineData("InvalidToken", 400, ProblemCode.AccessDenied, "Access denied: the session token has expired")]
    [InlineData("RequestTimeTooSkewed", 403, ProblemCode.AccessDenied, "Access denied: this machine's clock differs too much from the server's")]
    [InlineData("AuthorizationHeaderMalformed", 400, ProblemCode.Usage, "bucket backups is in another region than eu-1")]
    [InlineData("PermanentRedirect", 301, ProblemCode.Usage, "bucket backups is in another region than eu-1")]
    [InlineData("IllegalLocationConstraintException", 400, ProblemCode.Usage, "bucket backups is in another region than eu-1")]
    [InlineData("InvalidBucketName", 400, ProblemCode.Usage, "'backups' is no valid bucket name")]
    [InlineData("PreconditionFailed", 412, ProblemCode.Stopped, "the key: the source changed meanwhile")]
    [InlineData("InvalidObjectState", 403, ProblemCode.Refused, "the key lies in an archive storage class and cannot be read or copied")]
    [InlineData("AccessDenied", 403, ProblemCode.AccessDenied, "Access denied: the key in s3://backups/pg")]
    [InlineData("", 401, ProblemCode.AccessDenied, "Access denied: the key in s3://backups/pg")]
    [InlineData("SlowDown", 503, ProblemCode.Stopped, "https://s3.example.org still throttles after many retries (the key)")]
    [InlineData("", 429, ProblemCode.Stopped, "https://s3.example.org still throttles after many retries (the key)")]
    [InlineData("RequestTimeout", 400, ProblemCode.Stopped, "https://s3.example.org still throttles after many retries (the key)")]
    [InlineData("InternalError", 500, ProblemCode.Unreachable, "https://s3.example.org answered 500 InternalError (the key)")]
    [InlineData("QuotaExceeded", 409, ProblemCode.Unreachable, "https://s3.example.org answered 409 QuotaExceeded (the key)")]
    public void An_answer_is_told_in_words_that_lead_on(string code, int status, ProblemCode expected, string message)
    {
        var error = new AmazonS3Exception("as the server says", ErrorType.Sender, code, "request-1", (HttpStatusCode)status);

        var problem = S3Errors.Translate(new InvalidOperationException("around", error), Settings, "the key").Problem;

        Assert.Equal((expected, message), (problem.Code, problem.Message));
        Assert.Equal(code.Length > 0 ? $"{code}: as the server says" : null, problem.Detail);
        Assert.DoesNotContain("hidden", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_answer_the_reason_is_told()
    {
        var refused = S3Errors.Translate(new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused)), Settings, "the key").Problem;
        Assert.Equal((ProblemCode.Unreachable, "https://s3.example.org cannot be reached: Connection refused", "while asking for the key"), (refused.Code, refused.Message, refused.Detail));

        var untrusted = S3Errors.Translate(new HttpRequestException("x", new AuthenticationException("the remote certificate is invalid")), Settings, "the key").Problem;
        Assert.Equal((ProblemCode.Unreachable, "the certificate of https://s3.example.org is not trusted"), (untrusted.Code, untrusted.Message));
        Assert.Contains("--endpoint-ca", untrusted.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SlowDown", 503, true, true)]
    [InlineData("RequestTimeout", 400, true, true)]
    [InlineData("Throttling", 400, true, true)]
    [InlineData("RequestLimitExceeded", 400, true, true)]
    [InlineData("", 429, true, true)]
    [InlineData("InternalError", 500, false, true)]
    [InlineData("InternalError", 200, false, true)]
    [InlineData("", 502, false, true)]
    [InlineData("", 504, false, true)]
    [InlineData("NotImplemented", 501, false, false)]
    [InlineData("AccessDenied", 403, false, false)]
    [InlineData("NoSuchKey", 404, false, false)]
    public void What_passes_is_told_from_what_lasts(string code, int status, bool isThrottling, bool isPassing)
    {
        var error = new AmazonS3Exception("x", ErrorType.Receiver, code, "request-1", (HttpStatusCode)status);
        Assert.Equal((isThrottling, isPassing), (S3Errors.IsThrottling(error), S3Errors.IsPassing(error)));
    }
}
