using System.Globalization;
using System.Text;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Commands, lines and connections of real containers.</summary>
public sealed class PodTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_gives_its_exit_code_and_both_streams()
    {
        await using var ns = await RunAsync("sleep 600");
        using var api = ns.Connect();

        var good = await ExecAsync(api, ns, "sh", "-c", "echo out; echo err >&2");
        var bad = await ExecAsync(api, ns, "sh", "-c", "exit 7");
        var words = await ExecAsync(api, ns, "printf", "%s|", "a b", "", "\"c'&=?");

        Assert.Equal((0, "out\n", "err\n"), (good.ExitCode, good.Output, good.Error));
        Assert.Equal(7, bad.ExitCode);
        Assert.Equal("a b||\"c'&=?|", words.Output);
    }

    [Fact]
    public async Task A_command_reads_its_input_to_the_end()
    {
        await using var ns = await RunAsync("sleep 600");
        using var api = ns.Connect();
        var input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(number => string.Create(CultureInfo.InvariantCulture, $"line {number}\n"))));

        var counted = await api.ExecAsync(ns.Name, "main", "main", ["sh", "-c", "sha256sum; exit 3"], new MemoryStream(input), Ct);

        Assert.Equal(3, counted.ExitCode);
        Assert.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input)), counted.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_ends_before_its_input_does_is_not_waited_for()
    {
        await using var ns = await RunAsync("sleep 600");
        using var api = ns.Connect();

        var first = await api.ExecAsync(ns.Name, "main", "main", ["head", "-c", "1"], new MemoryStream(new byte[8 << 20]), Ct);

        Assert.Equal((0, "\0"), (first.ExitCode, first.Output));
    }

    /// <summary>Longer than the time after which a line without an answer to a Ping counts as dead, which is four seconds here.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(8 << 20)]
    public async Task A_command_that_says_nothing_for_a_long_time_and_reads_nothing_is_waited_for(int input)
    {
        await using var ns = await RunAsync("sleep 600");
        using var api = KubernetesApi.Connect(new KubernetesSettings
        {
            Kubeconfig = ns.Server.Kubeconfig, Namespace = ns.Name, PingDelay = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(3),
        });

        var late = await api.ExecAsync(ns.Name, "main", "main", ["sh", "-c", "sleep 6; echo late"], input == 0 ? null : new MemoryStream(new byte[input]), Ct);

        Assert.Equal((0, "late\n"), (late.ExitCode, late.Output));
    }

    [Fact]
    public async Task Output_without_end_is_cut_and_costs_no_memory()
    {
        await using var ns = await RunAsync("sleep 600");
        using var api = ns.Connect();

        var cut = await ExecAsync(api, ns, "head", "-c", "20000000", "/dev/zero");

        Assert.Equal((0, ExecResult.Limit), (cut.ExitCode, cut.Output.Length));
    }

    [Fact]
    public async Task A_program_a_container_and_a_pod_that_are_missing_are_refused()
    {
        await using var ns = await RunAsync("sleep 600");
        using var api = ns.Connect();

        var program = await Record.ExceptionAsync(() => ExecAsync(api, ns, "no-such-program"));
        var container = await Assert.ThrowsAsync<RestoreException>(() => api.ExecAsync(ns.Name, "main", "other", ["true"], null, Ct));
        var pod = await Assert.ThrowsAsync<RestoreException>(() => api.ExecAsync(ns.Name, "other", "main", ["true"], null, Ct));

        Assert.Equal(ProblemCode.Refused, Assert.IsType<RestoreException>(program).Problem.Code);
        Assert.Equal(ProblemCode.Refused, container.Problem.Code);
        Assert.Equal(ProblemCode.NotFound, pod.Problem.Code);
    }

    [Fact]
    public async Task Lines_are_followed_to_the_end_of_the_container()
    {
        await using var ns = await RunAsync("for i in 1 2 3 4 5; do echo line $i; sleep 0.3; done", restartPolicy: "Never", wait: false);
        using var api = ns.Connect();

        var lines = await api.FollowLogsAsync(ns.Name, "main", "main", new LogOptions(), Ct).ToListAsync(Ct);

        Assert.Equal(["line 1", "line 2", "line 3", "line 4", "line 5"], lines);
        Assert.Equal("line 5\n", await api.LogsAsync(ns.Name, "main", "main", new LogOptions(Tail: 1), Ct));
    }

    [Fact]
    public async Task A_broken_line_loses_no_log_line_and_repeats_none()
    {
        await using var ns = await RunAsync("i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo line $i; sleep 0.1; done", restartPolicy: "Never", wait: false);
        await using var proxy = await ApiFaultProxy.StartAsync(ns.Server, Ct);
        using var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = proxy.Kubeconfig, Namespace = ns.Name, Clock = new HurriedClock(20) });

        var lines = new List<string>();
        await foreach (var line in api.FollowLogsAsync(ns.Name, "main", "main", new LogOptions(), Ct))
        {
            lines.Add(line);
            if (lines.Count % 10 == 0)
            {
                proxy.Cut();
            }
        }

        Assert.Equal(Enumerable.Range(1, 40).Select(number => $"line {number}"), lines);
    }

    [Fact]
    public async Task A_log_of_a_pod_that_is_gone_ends()
    {
        await using var ns = await RunAsync("echo here; sleep 600");
        using var api = ns.Connect();
        var lines = new List<string>();

        await foreach (var line in api.FollowLogsAsync(ns.Name, "main", "main", new LogOptions(), Ct))
        {
            lines.Add(line);
            await api.DeleteAsync(new ObjectReference(ResourceTypes.Pods, ns.Name, "main"), new DeleteOptions(null), Ct);
        }

        Assert.Equal(["here"], lines);
    }

    [Fact]
    public async Task A_port_on_the_pods_own_loopback_is_reached_and_a_closed_one_says_so()
    {
        await using var ns = await RunAsync("initdb -D /tmp/pg -U postgres -A trust >/dev/null; exec postgres -D /tmp/pg -k /tmp -c listen_addresses=127.0.0.1");
        using var api = ns.Connect();
        await WaitForDatabaseAsync(api, ns);

        // PostgreSQL's SSLRequest; a server without a certificate answers N.
        byte[] question = [0, 0, 0, 8, 4, 210, 22, 47];
        await using var open = await api.PortForwardAsync(ns.Name, "main", 5432, Ct);
        await open.WriteAsync(question, Ct);
        var answer = new byte[1];
        await open.ReadExactlyAsync(answer, Ct);
        await using var closed = await api.PortForwardAsync(ns.Name, "main", 5433, Ct);
        var refused = await Assert.ThrowsAsync<IOException>(async () => await closed.ReadExactlyAsync(answer, Ct));

        Assert.Equal((byte)'N', answer[0]);
        Assert.StartsWith("port 5433 of pod main", refused.Message, StringComparison.Ordinal);
    }

    private static Task<ExecResult> ExecAsync(KubernetesApi api, KubernetesNamespace ns, params string[] command) =>
        api.ExecAsync(ns.Name, "main", "main", command, null, Ct);

    private static async Task WaitForDatabaseAsync(KubernetesApi api, KubernetesNamespace ns)
    {
        var ready = await ExecAsync(api, ns, "sh", "-c", "until pg_isready -q -h 127.0.0.1; do sleep 0.1; done");
        Assert.Equal(0, ready.ExitCode);
    }

    private async Task<KubernetesNamespace> RunAsync(string script, string restartPolicy = "Always", bool wait = true)
    {
        var ns = await (await bed.KubernetesAsync(Ct)).CreateNamespaceAsync(Ct);
        await ns.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: main}
            spec:
              restartPolicy: {{restartPolicy}}
              terminationGracePeriodSeconds: 0
              containers:
                - name: main
                  image: {{KubernetesServer.Image}}
                  imagePullPolicy: Never
                  command: [bash, -ec]
                  args:
                    - |
                      {{script}}
            """,
            Ct);
        if (wait)
        {
            await ns.WaitAsync("Ready", "pod/main", Ct);
        }

        return ns;
    }
}
