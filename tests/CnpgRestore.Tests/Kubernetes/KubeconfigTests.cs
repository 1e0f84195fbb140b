using System.Text;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Client;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("cnpg-restore-kubeconfig-").FullName;

    [Fact]
    public async Task The_current_context_says_server_namespace_and_token()
    {
        var access = Open(
            """
            apiVersion: v1
            kind: Config
            current-context: prod
            contexts:
              - {name: dev, context: {cluster: c, user: nobody}}
              - {name: prod, context: {cluster: c, user: admin, namespace: shop}}
            clusters:
              - {name: c, cluster: {server: "https://k8s.example.org:6443/k8s/clusters/c-1", tls-server-name: kubernetes}}
            users:
              - {name: admin, user: {token: abc}}
              - {name: nobody, user: {}}
            """);

        Assert.Equal("https://k8s.example.org:6443/k8s/clusters/c-1", access.Server.ToString());
        Assert.Equal(("kubernetes", "shop"), (access.TlsServerName, access.Namespace));
        Assert.Equal("Bearer abc", (await access.Token!.GetAuthenticationHeaderAsync(Ct)).ToString());
    }

    [Fact]
    public async Task The_newline_behind_a_pasted_token_is_no_part_of_it()
    {
        var access = Open(WithToken("\"abc\\n\""));

        Assert.Equal("Bearer abc", (await access.Token!.GetAuthenticationHeaderAsync(Ct)).ToString());
    }

    [Fact]
    public void A_token_of_several_lines_is_refused() => Assert.StartsWith("token in the kubeconfig", Refused(WithToken("\"abc\\ndef\"")).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_context_is_chosen_by_name()
    {
        var access = Open(
            """
            current-context: prod
            contexts: [{name: dev, context: {cluster: c}}, {name: prod, context: {cluster: other}}]
            clusters: [{name: c, cluster: {server: "http://dev"}}, {name: other, cluster: {server: "http://prod"}}]
            """,
            "dev");

        Assert.Equal("http://dev/", access.Server.ToString());
        Assert.Null(access.Token);
    }

    [Fact]
    public async Task Of_several_files_the_first_that_has_an_entry_wins()
    {
        var first = Write("first", "contexts: [{name: x, context: {cluster: c, user: u, namespace: one}}]\nusers: [{name: u, user: {token: one}}]");
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        Write("sub/token", "two");
        var second = Write(
            "sub/second",
            """
            current-context: x
            contexts: [{name: x, context: {cluster: other, user: other}}]
            clusters: [{name: c, cluster: {server: "https://two"}}, {name: other, cluster: {server: "https://other"}}]
            users: [{name: u, user: {token: two}}, {name: other, user: {tokenFile: token}}]
            """);

        var access = Kubeconfig.Read([first, second], null, TimeProvider.System);
        var reversed = Kubeconfig.Read([Write("third", "users: []"), second, first], "x", TimeProvider.System);

        Assert.Equal(("https://two/", "one"), (access.Server.ToString(), access.Namespace));
        Assert.Equal("Bearer one", (await access.Token!.GetAuthenticationHeaderAsync(Ct)).ToString());
        Assert.Equal(("https://other/", null), (reversed.Server.ToString(), reversed.Namespace));
        Assert.Equal("Bearer two", (await reversed.Token!.GetAuthenticationHeaderAsync(Ct)).ToString());
    }

    [Fact]
    public void A_proxy_and_an_unverified_certificate_are_read()
    {
        var access = Open(
            """
            current-context: x
            contexts: [{name: x, context: {cluster: c}}]
            clusters: [{name: c, cluster: {server: "https://a", proxy-url: "socks5://127.0.0.1:1080", insecure-skip-tls-verify: true}}]
            """);

        Assert.Equal(new Uri("socks5://127.0.0.1:1080"), access.Proxy);
        Assert.True(access.SkipsVerification);
    }

    [Fact]
    public async Task A_token_file_is_found_from_the_kubeconfigs_own_folder_and_read_as_it_is_then()
    {
        Write("token", "first\n");
        var access = Open(
            """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://a"}}]
            users: [{name: u, user: {tokenFile: token, token: stale}}]
            """);

        Assert.Equal("Bearer first", (await access.Token!.GetAuthenticationHeaderAsync(Ct)).ToString());
    }

    [Fact]
    public async Task A_login_program_gets_its_arguments_whole_and_gives_a_token()
    {
        Program("login", """
            [ "$# $1 $2 $GREETING" = '2 a "b" c  hello' ] && token=whole || token=torn
            echo "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"$token\"}}"
            """);
        var access = Open(Exec("args: ['a \"b\" c', '']\n      env: [{name: GREETING, value: hello}]"));

        Assert.Equal("Bearer whole", (await access.Token!.GetAuthenticationHeaderAsync(Ct)).ToString());
    }

    [Fact]
    public async Task A_login_program_runs_again_when_its_token_ends_or_is_refused()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 14, 0, 0, TimeSpan.Zero));
        Program("login", """
            echo x >>"$0.count"
            echo "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t$(wc -l <"$0.count" | tr -d ' ')\",\"expirationTimestamp\":\"2026-11-22T14:15:00Z\"}}"
            """);
        var token = (ExecCredential)Open(Exec(""), clock: clock).Token!;

        Assert.Equal("Bearer t1", (await token.GetAuthenticationHeaderAsync(Ct)).ToString());
        clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal("Bearer t1", (await token.GetAuthenticationHeaderAsync(Ct)).ToString());
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Bearer t2", (await token.GetAuthenticationHeaderAsync(Ct)).ToString());
        token.Forget();
        Assert.Equal("Bearer t3", (await token.GetAuthenticationHeaderAsync(Ct)).ToString());
    }

    [Fact]
    public void A_login_program_that_is_missing_is_access_denied_with_its_own_install_hint()
    {
        var problem = Refused(Exec("installHint: get it with pip").Replace("./login", "./no-such-login", StringComparison.Ordinal));

        Assert.Equal(ProblemCode.AccessDenied, problem.Code);
        Assert.Contains("no-such-login", problem.Message, StringComparison.Ordinal);
        Assert.Equal("get it with pip", problem.Hint);
    }

    [Theory]
    [InlineData("args: [\"a\\0b\"]", "zero byte")]
    [InlineData("env: [{name: \"a=b\", value: c}]", "variable")]
    [InlineData("env: [{value: c}]", "variable")]
    public void A_login_program_that_cannot_be_given_its_arguments_is_refused(string more, string word)
    {
        var problem = Refused(Exec(more));

        Assert.Equal(ProblemCode.Usage, problem.Code);
        Assert.Contains(word, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_several_lines_from_a_login_program_is_access_denied()
    {
        Program("login", """
            printf '%s' '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"one\ntwo"}}'
            """);
        var problem = Refused(Exec(""));

        Assert.Equal(ProblemCode.AccessDenied, problem.Code);
        Assert.Contains("several lines", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_is_not_there_is_named()
    {
        var problem = Refused("contexts: [{name: dev, context: {cluster: c}}]", "prod");

        Assert.Equal((ProblemCode.Usage, "context \"prod\" does not exist"), (problem.Code, problem.Message));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("prod")]
    public void Where_no_file_is_found_no_context_is_asked_for(string? context)
    {
        var problem = Assert.Throws<RestoreException>(() => Kubeconfig.Read([], context, TimeProvider.System)).Problem;

        Assert.Equal((ProblemCode.Usage, "no kubeconfig is found"), (problem.Code, problem.Message));
    }

    [Fact]
    public void Without_a_current_context_one_is_asked_for()
    {
        var problem = Refused("contexts: []\ncurrent-context: \"\"");

        Assert.Equal((ProblemCode.Usage, "the kubeconfig has no current context"), (problem.Code, problem.Message));
        Assert.Contains("--context NAME", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_that_is_missing_is_a_usage_error()
    {
        var refused = Assert.Throws<RestoreException>(() => Kubeconfig.Open(new KubernetesSettings { Kubeconfig = Path.Combine(_folder, "missing") }));

        Assert.Equal(ProblemCode.Usage, refused.Problem.Code);
    }

    [Fact]
    public void A_certificate_that_is_none_is_named_by_its_key()
    {
        var problem = Refused(
            """
            current-context: x
            contexts: [{name: x, context: {cluster: c}}]
            clusters: [{name: c, cluster: {server: "https://a", certificate-authority: nowhere.crt}}]
            """);

        Assert.Equal(ProblemCode.Usage, problem.Code);
        Assert.StartsWith("certificate-authority in the kubeconfig", problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string WithToken(string token) =>
        $$$"""
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "https://a"}}]
        users: [{name: u, user: {token: {{{token}}} }}]
        """;

    private static string Exec(string more) =>
        $$$"""
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "https://a"}}]
        users:
        - name: u
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./login
              {{{more}}}
        """;

    private ApiAccess Open(string content, string? context = null, TimeProvider? clock = null) =>
        Kubeconfig.Open(new KubernetesSettings { Kubeconfig = Write("config", content), Context = context, Clock = clock ?? TimeProvider.System });

    private Problem Refused(string content, string? context = null) => Assert.Throws<RestoreException>(() => Open(content, context)).Problem;

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
        return path;
    }

    private void Program(string name, string script) =>
        File.SetUnixFileMode(Write(name, $"#!/bin/sh\n{script}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
