using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Client;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Yaml;
using k8s;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.Fuzz;

public sealed class KubernetesFuzzTests : IDisposable
{
    private static readonly string[] JsonTokens =
    [
        "\"", "{", "}", "[", "]", ",", ":", "null", "true", "{}", "[]", "-1", "1e99", "\"\\ud800\"", "\\u0000", "\"status\":", "\"spec\":", "\"metadata\":", "\"name\":\"x\",\"name\":\"y\"", "\"conditions\":", "\"9999-12-31T23:59:59Z\"",
        "\"msg\":\"a\",\"msg\":\"b\"", "\"record\":null", "restored log file \\\"", "recovery stopping ", "redo done at ", "selected new timeline ID: ", "\"cnpg-restore/stopped-from\":\"three\"", "\"cnpg-restore/stopped-from\":\"-1\"", "\"cnpg-restore/stopped-from\":\"99999999999\"", "Expected empty archive",
    ];

    private static readonly string[] Objects =
    [
        """{"metadata":{"name":"orders","namespace":"shop","uid":"u1","creationTimestamp":"2026-11-22T14:00:00Z","annotations":{"cnpg.io/hibernation":"on","cnpg-restore/stopped-by":"r","cnpg-restore/stopped-for":"shop/orders","cnpg-restore/stopped-from":"3"},"ownerReferences":[{"kind":"ReplicaSet","name":"r","controller":true}]},"spec":{"instances":2,"imageName":"p:17.5","storage":{"size":"20Gi"},"walStorage":{},"tablespaces":[{"name":"fast"}],"suspend":false,"replicas":3,"minReplicas":2,"scaleTargetRef":{"name":"web"}},"status":{"phase":"Cluster in healthy state","readyInstances":2,"instanceNames":["orders-1"],"timelineID":3,"systemID":"7423456789012345678","pgDataImageInfo":{"majorVersion":17},"pluginStatus":[{"name":"p"}],"conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-11-22T14:05:00Z"}]}}""",
        """{"kind":"Secret","metadata":{"name":"s3","namespace":"shop","annotations":{"cnpg-restore/suspended-from":"null"}},"data":{"ACCESS_KEY_ID":"QUtURVNU","ACCESS_SECRET_KEY":"U0tURVNUCg=="}}""",
        """{"type":"Warning","reason":"CreatingInstance","message":"Primary instance (from backup)","involvedObject":{"kind":"Cluster","name":"orders","uid":"u"},"lastTimestamp":"2026-11-22T14:05:00Z","count":3,"metadata":{"creationTimestamp":null}}""",
        """{"kind":"Pod","spec":{"nodeName":"n","containers":[{"name":"c","env":[{"name":"H","value":"orders-rw"}],"envFrom":[{"secretRef":{"name":"s"}}],"args":["-h","orders-rw.shop.svc"]}],"volumes":[{"projected":{"sources":[{"secret":{"name":"x"}}]}}]},"status":{"initContainerStatuses":[{"name":"a","state":{"waiting":{"reason":"ImagePullBackOff","message":"m"}}}],"containerStatuses":[{"name":"b","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}},"lastState":{"terminated":{}}}],"conditions":[{"type":"PodScheduled","status":"False"}]}}""",
        """{"kind":"Lease","spec":{"holderIdentity":"run on host","leaseDurationSeconds":60,"renewTime":"2026-11-22T14:05:00.000000Z","leaseTransitions":1}}""",
        """{"kind":"Lease","spec":{"holderIdentity":"run on host","leaseDurationSeconds":2147483647,"renewTime":"9999-12-31T23:59:59.999999Z"}}""",
        """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"not found","reason":"NotFound","details":{"name":"x","kind":"clusters","retryAfterSeconds":3,"causes":[{"field":"spec.instances","message":"wrong"}]},"code":404}""",
    ];

    /// <summary>As <c>apps start</c> does: by a number or a patch; refused where the annotation says neither.</summary>
    private static void Bring(JsonObject item, StopMethod method, StopRecord record)
    {
        try
        {
            if (StoppedApp.Read(ObjectReference.Of(ResourceTypes.Deployments, item), method, record, minimum: 0).Replicas is null)
            {
                StopChange.Restore(method, record.Before);
            }
        }
        catch (RestoreException)
        {
            // What else is in the object is looked at too.
        }
    }

    private readonly string _folder = Directory.CreateTempSubdirectory("cnpg-restore-fuzz-").FullName;

    [Fact]
    public void Damaged_objects() => new Fuzzer("objects of the API", FuzzSeeds.Of(Objects)) { Tokens = JsonTokens, Documented = [typeof(JsonException)], LargestInput = 16 << 10 }.Run(async input =>
    {
        ApiStatus.Read(HttpStatusCode.BadRequest, Encoding.UTF8.GetString(input), retryAfter: null);

        // As the client parses an answer.
        if (await JsonReading.ParseAsync(new MemoryStream(input), CancellationToken.None) is not JsonObject item)
        {
            return;
        }

        var cluster = CnpgCluster.Read(item);
        _ = (cluster.IsHealthy, cluster.IsArchiving);
        _ = ClusterEvent.Read(item).Origin;
        _ = PodStatus.StartedContainers(item).Count() + PodStatus.FailedContainers(item).Count() + PodStatus.Troubles(item).Count();
        LeaseContent.IsExpired(item, DateTimeOffset.UnixEpoch);
        LeaseContent.Seconds(item, "renewTime");
        var record = StopRecord.Of(item);
        record?.Patch("1");
        foreach (var entry in item.At("data") as JsonObject ?? [])
        {
            SecretData.Decode(entry.Value.Text() ?? "");
        }

        OrphanClaims.IsAdoptable(item);
        Autoscaler.Of(ResourceTypes.HorizontalPodAutoscalers, item).Scales(new ObjectReference(ResourceTypes.Deployments, "shop", "web"));
        foreach (var method in (StopMethod[])[StopMethod.Suspend, StopMethod.Pause, StopMethod.Unschedule])
        {
            StopChange.IsStopped(method, item);
            StopChange.Restore(method, StopChange.Before(method, item));
        }

        var workload = new Workload(ObjectReference.Of(ResourceTypes.Deployments, item), item);
        _ = (workload.Uid, workload.Controller, workload.PodSpec, workload.HasEnded, workload.IsHistory);
        ApiStatus.Read(item);
        foreach (var method in record is null ? [] : (StopMethod[])[StopMethod.Scale, StopMethod.Suspend, StopMethod.Pause, StopMethod.Unschedule])
        {
            Bring(item, method, record!);
        }

        GitOpsSuspension.Resume(ResourceTypes.Kustomizations, item);
    });

    [Fact]
    public void Log_lines() => new Fuzzer("log lines", FuzzSeeds.Of(
        """{"level":"info","ts":"2024-07-28T06:56:04Z","logger":"postgres","msg":"record","record":{"log_time":"x","error_severity":"LOG","message":"redo done at 0/8C000410 system usage: CPU"}}""",
        """{"level":"error","ts":1673244415.7,"msg":"Error while restoring a backup","error":"no target backup found"}""",
        """{"level":"info","msg":"Target backup found","backup":{"backup_name":"b","backup_id":"20260301T020000"}}""",
        """{"level":"info","logger":"postgres","record":{"message":"restored log file \"000000010000000000000006\" from archive","detail":"d"}}""",
        "tar: Removing leading `/' from member names"))
    {
        Tokens = JsonTokens,
    }.Run(input =>
    {
        var lines = new RecoveryLines("pod", "full-recovery", expectedSegments: 3);
        foreach (var text in Encoding.UTF8.GetString(input).Split('\n'))
        {
            foreach (var found in lines.Read(LogRecord.Parse(text)))
            {
                Assert.NotNull(found.ToString());
            }
        }
    });

    /// <summary>An entry with <c>exec</c> would start a program; those are left out.</summary>
    [Fact]
    public void Kubeconfigs()
    {
        var path = Path.Combine(_folder, "config");
        var clock = new FakeTimeProvider();
        new Fuzzer("kubeconfig", FuzzSeeds.Of(
            """
            apiVersion: v1
            kind: Config
            current-context: prod
            contexts:
              - {name: prod, context: {cluster: c, user: admin, namespace: shop}}
              - name: dev
                context:
                  cluster: c
                  user: nobody
            clusters:
              - {name: c, cluster: {server: "https://k8s.example.org:6443", tls-server-name: kubernetes, certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBQUEKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=}}
            users:
              - {name: admin, user: {token: abc}}
              - {name: nobody, user: {username: u, password: p, client-certificate-data: LS0t, client-key-data: LS0t}}
            """))
        {
            Tokens = ["\n", "  ", "- ", ": ", "{", "}", "\"", "\\n", "\\0", "*a", "&a ", "proxy-url: ", "tokenFile: /dev/null", "certificate-authority: ", "client-certificate: ", "client-key: ", "insecure-skip-tls-verify: true", "current-context: dev", "http://[", "1e999", "server: "],
            LargestInput = 8192,
        }.Run(input =>
        {
            if (input.AsSpan().IndexOf("exec"u8) < 0)
            {
                File.WriteAllBytes(path, input);
                Kubeconfig.Read([path], chosen: null, clock);
            }
        });
    }

    /// <summary>What would be started, and nothing is.</summary>
    [Fact]
    public void Login_programs() => new Fuzzer("exec sections of a kubeconfig", FuzzSeeds.Of(
        """
        apiVersion: client.authentication.k8s.io/v1
        command: ./login
        args: [eks, get-token, '--cluster-name', "a b", 'q"\']
        env:
          - {name: AWS_PROFILE, value: shop}
          - name: EMPTY
            value: ""
        installHint: get it with pip
        interactiveMode: IfAvailable
        """,
        """{"apiVersion":"client.authentication.k8s.io/v1beta1","command":"aws","args":null,"env":null}"""))
    {
        Tokens = ["\n", "  ", "- ", ": ", "{", "}", "\"", "\"\\0\"", "'", "/", "command: ", "command: \"\"", "args: ", "env: ", "name: ", "name: \"a=b\"", "value: ", "null", "*a", "&a ", "\\"],
        LargestInput = 8192,
    }.Run(input =>
    {
        if (YamlText.Parse(Encoding.UTF8.GetString(input), "config").Documents is [var first, ..] && YamlMeaning.ToJson(first.Root) is JsonObject plugin)
        {
            using var process = KubernetesClientConfiguration.CreateRunnableExternalProcess(ExecCredential.Program(plugin, "/"));
            Assert.NotEmpty(process.StartInfo.FileName);
        }
    });

    [Fact]
    public void Names() => new Fuzzer("names of workloads", FuzzSeeds.Of("deployment/web", "Deployments/web.front", "deployments.apps/web.shop"))
    {
        Tokens = ["/", ".", "deployment", "statefulset"],
        LargestInput = 512,
    }.Run(input =>
    {
        if (AppName.TryParse(Encoding.UTF8.GetString(input), null, out var name))
        {
            Assert.Equal(name, AppName.Parse(name.ToString(), null));
        }
    });

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
