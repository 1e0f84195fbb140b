using System.Net;
using System.Net.Sockets;
using System.Text;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Client;

namespace CnpgRestore.Tests.Kubernetes;

/// <summary>What answers of the API mean.</summary>
public sealed class ApiAnswerTests
{
    private static readonly ApiRequest Create = new(HttpMethod.Post, "/x", "create", ResourceTypes.Clusters) { Namespace = "shop", Name = "orders" };

    [Fact]
    public void A_validation_error_lists_fields_and_faults()
    {
        var problem = Translate(HttpStatusCode.UnprocessableEntity,
            """{"kind":"Status","code":422,"reason":"Invalid","message":"Cluster.postgresql.cnpg.io \"orders\" is invalid: ...","details":{"name":"orders","kind":"Cluster","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: \"orders-backup\": External cluster orders-backup not found","field":"spec.bootstrap.recovery.source"}]}}""");

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Equal("spec.bootstrap.recovery.source: Invalid value: \"orders-backup\": External cluster orders-backup not found", problem.Detail);
    }

    [Fact]
    public void An_admission_webhook_that_refuses_is_no_lack_of_rights()
    {
        var problem = Translate(HttpStatusCode.Forbidden,
            """{"kind":"Status","code":403,"reason":"Forbidden","message":"admission webhook \"policy.example.org\" denied the request: no clusters on Fridays"}""");

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Contains("no clusters on Fridays", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lack_of_rights_names_what_is_asked_for()
    {
        var problem = Translate(HttpStatusCode.Forbidden,
            """{"kind":"Status","code":403,"reason":"Forbidden","message":"clusters.postgresql.cnpg.io is forbidden: User \"bob\" cannot create resource \"clusters\" in API group \"postgresql.cnpg.io\" in the namespace \"shop\"","details":{"group":"postgresql.cnpg.io","kind":"clusters"}}""");

        Assert.Equal(ProblemCode.AccessDenied, problem.Code);
        Assert.Equal("Access denied: not allowed to create clusters.postgresql.cnpg.io orders in namespace shop", problem.Message);
        Assert.Contains("User \"bob\"", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("kubectl auth can-i create clusters.postgresql.cnpg.io -n shop", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_operators_types_CNPG_is_not_installed()
    {
        var problem = Translate(HttpStatusCode.NotFound, "404 page not found\n");

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.StartsWith("CloudNativePG is not installed in this Kubernetes cluster", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Conflict", true, false)]
    [InlineData("AlreadyExists", false, true)]
    public void A_conflict_and_an_existing_object_are_told_apart(string reason, bool isConflict, bool isAlreadyExists)
    {
        var refused = ApiErrors.Translate(new ApiStatusException(ApiStatus.Read(HttpStatusCode.Conflict, $$"""{"kind":"Status","reason":"{{reason}}"}""", null)), "https://k8s", Create);

        Assert.Equal((isConflict, isAlreadyExists), (refused.IsConflict, refused.IsAlreadyExists));
    }

    [Fact]
    public void A_page_of_a_proxy_is_shown_by_its_first_line_only()
    {
        var problem = Translate(HttpStatusCode.BadGateway, $"<html>\n{new string('x', 5000)}</html>");

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Equal("<html>", problem.Detail);
    }

    [Fact]
    public void The_server_says_when_to_come_again() =>
        Assert.Equal(TimeSpan.FromSeconds(7), ApiStatus.Read(HttpStatusCode.TooManyRequests, """{"kind":"Status","details":{"retryAfterSeconds":7}}""", null).RetryAfter);

    [Fact]
    public void Only_what_was_not_looked_at_is_untouched()
    {
        Assert.True(ApiErrors.IsUntouched(Status(HttpStatusCode.TooManyRequests)));
        Assert.True(ApiErrors.IsUntouched(new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused))));
        Assert.False(ApiErrors.IsUntouched(Status(HttpStatusCode.ServiceUnavailable)));
        Assert.False(ApiErrors.IsUntouched(new HttpRequestException(HttpRequestError.ResponseEnded, "cut")));
        Assert.False(ApiErrors.IsUntouched(new TimeoutException()));
    }

    [Theory]
    [InlineData("""{"metadata":{},"status":"Success"}""", 0)]
    [InlineData("""{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}""", 3)]
    public void The_exit_code_of_a_command_is_in_its_last_message(string status, int code) =>
        Assert.Equal(code, PodExec.ExitCode(Encoding.UTF8.GetBytes(status), Create));

    [Fact]
    public void A_command_that_was_not_started_is_a_refusal()
    {
        var refused = Assert.Throws<RestoreException>(() => PodExec.ExitCode(
            """{"status":"Failure","message":"container not found (\"postgres\")","reason":"InternalError","code":500}"""u8, Create));

        Assert.Equal(ProblemCode.Refused, refused.Problem.Code);
        Assert.Equal("container not found (\"postgres\")", refused.Problem.Detail);
    }

    private static ApiStatusException Status(HttpStatusCode code) => new(ApiStatus.Read(code, "", null));

    private static Problem Translate(HttpStatusCode code, string body) =>
        ApiErrors.Translate(new ApiStatusException(ApiStatus.Read(code, body, null)), "https://k8s", Create).Problem;
}
