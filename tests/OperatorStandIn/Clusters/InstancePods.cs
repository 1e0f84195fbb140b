using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>
/// The pod of the instance and the job before it, with CloudNativePG's names of pods, labels and containers (pkg/specs). Kubernetes 1.20 knows
/// no init containers that go on running, so the plugin's container does its whole work and ends before the main container starts.
/// </summary>
sealed record InstancePods(ClusterSpec Spec, OperatorOptions Options)
{
    private const string RolloutAnnotation = "stand-in.cnpg-restore/rollout";

    private const string InstalledMessage = "Installing the manager executable";

    public JsonObject Job()
    {
        var role = Spec.JobRole;
        var labels = Labels();
        labels["cnpg.io/jobRole"] = role;
        // Kubernetes 1.20 does not set it yet.
        labels["batch.kubernetes.io/job-name"] = Spec.JobName;
        var job = new JsonObject
        {
            ["metadata"] = Metadata(Spec.JobName, labels),
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
                    ["spec"] = PodSpec(role, role, Spec.JobName, Spec.Source is { IsPlugin: true } ? "plugin-restore" : null),
                },
            },
        };
        job["spec"]!["template"]!["spec"]!["restartPolicy"] = "Never";
        if (Faults.BackoffLimit(Spec.Cluster) is { } limit)
        {
            job["spec"]!["backoffLimit"] = limit;
        }

        return job;
    }

    private string Image => Spec.Image.StartsWith("localhost/", StringComparison.Ordinal) ? Spec.Image : Options.Image;

    /// <summary>What a running instance is replaced for, when the Cluster asks for another one: image and environment (internal/controller/cluster_upgrade.go).</summary>
    private string Rollout => new JsonObject { ["image"] = Image, ["env"] = new JsonArray([.. Spec.Environment.Select(variable => variable.DeepClone())]) }.ToJsonString();

    /// <summary>Whether the instance was made for another image or environment.</summary>
    public bool IsOutdated(JsonObject pod) => pod.Annotation(RolloutAnnotation) is { } made && made != Rollout;

    public JsonObject Instance()
    {
        var labels = Labels();
        labels["cnpg.io/podRole"] = "instance";
        labels["cnpg.io/instanceRole"] = "primary";
        labels["role"] = "primary";
        var pod = new JsonObject
        {
            ["metadata"] = Metadata(Spec.InstanceName, labels),
            ["spec"] = PodSpec("postgres", "instance", Spec.InstanceName, plugin: null),
        };
        pod["metadata"]!["annotations"]![Volumes.SerialAnnotation] = "1";
        pod["metadata"]!["annotations"]![RolloutAnnotation] = Rollout;
        pod["spec"]!["hostname"] = Spec.InstanceName;
        pod["spec"]!["terminationGracePeriodSeconds"] = 60;
        var postgres = pod["spec"]!["containers"]![0]!;
        postgres["ports"] = new JsonArray(
            new JsonObject { ["name"] = "postgresql", ["containerPort"] = 5432, ["protocol"] = "TCP" },
            new JsonObject { ["name"] = "status", ["containerPort"] = 8000, ["protocol"] = "TCP" });
        postgres["readinessProbe"] = new JsonObject
        {
            ["httpGet"] = new JsonObject { ["path"] = "/readyz", ["port"] = 8000 },
            ["periodSeconds"] = 1,
            ["timeoutSeconds"] = 5,
            ["failureThreshold"] = 3,
        };
        return pod;
    }

    private JsonObject Labels() => new() { [Volumes.ClusterLabel] = Spec.Name, ["cnpg.io/instanceName"] = Spec.InstanceName };

    private JsonObject Metadata(string name, JsonObject labels) => new()
    {
        ["name"] = name,
        ["namespace"] = Spec.Namespace,
        ["labels"] = labels.DeepClone(),
        ["annotations"] = new JsonObject { ["cnpg.io/operatorVersion"] = Options.VersionFor(Spec.Cluster).ToString() },
        ["ownerReferences"] = new JsonArray(Spec.Cluster.OwnerReference()),
    };

    private JsonObject PodSpec(string container, string command, string loggingPod, string? plugin)
    {
        var volumes = new Volumes(Spec);
        var initContainers = new JsonArray(Container("bootstrap-controller", loggingPod, "/bin/sh", "-c", BootstrapScript(loggingPod)));
        if (plugin is not null)
        {
            initContainers.Add(Container("plugin-barman-cloud", loggingPod, Manager(plugin)));
        }

        return new JsonObject
        {
            ["securityContext"] = new JsonObject { ["runAsUser"] = 26, ["runAsGroup"] = 26, ["fsGroup"] = 26, ["runAsNonRoot"] = true },
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["initContainers"] = initContainers,
            ["containers"] = new JsonArray(Container(container, loggingPod, Manager(command))),
            ["volumes"] = new JsonArray(
            [
                .. volumes.PodVolumes(),
                new JsonObject { ["name"] = "scratch-data", ["emptyDir"] = new JsonObject() },
                new JsonObject { ["name"] = "instance-manager", ["configMap"] = new JsonObject { ["name"] = InstanceConfiguration.Name(Spec) } },
            ]),
        };
    }

    private static string[] Manager(string command) => ["/usr/bin/python3", "-B", "/opt/instance/manager.py", command];

    private static string BootstrapScript(string loggingPod)
    {
        var line = new JsonObject { ["level"] = "info", ["msg"] = InstalledMessage, ["destination"] = "/controller/manager", ["logging_pod"] = loggingPod };
        return $"mkdir -p /controller/run /controller/log /controller/tmp && echo '{line.ToJsonString()}'";
    }

    private JsonObject Container(string name, string loggingPod, params string[] command) => new()
    {
        ["name"] = name,
        ["image"] = Image,
        ["imagePullPolicy"] = "Never",
        ["command"] = new JsonArray([.. command.Select(word => JsonValue.Create(word))]),
        ["env"] = new JsonArray([.. Environment(loggingPod)]),
        ["securityContext"] = new JsonObject
        {
            ["readOnlyRootFilesystem"] = true,
            ["allowPrivilegeEscalation"] = false,
            ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
        },
        ["resources"] = Spec.Resources?.DeepClone() ?? new JsonObject(),
        ["volumeMounts"] = new JsonArray(
        [
            .. new Volumes(Spec).Mounts(),
            new JsonObject { ["name"] = "scratch-data", ["mountPath"] = "/controller" },
            new JsonObject { ["name"] = "instance-manager", ["mountPath"] = "/opt/instance", ["readOnly"] = true },
        ]),
    };

    private IEnumerable<JsonObject> Environment(string loggingPod)
    {
        yield return Variable("PATH", "/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        yield return Variable("PGDATA", "/var/lib/postgresql/data/pgdata");
        yield return Variable("PGHOST", "/controller/run");
        yield return Variable("PGPORT", "5432");
        yield return Variable("CLUSTER_NAME", Spec.Name);
        yield return Variable("NAMESPACE", Spec.Namespace);
        yield return Variable("POD_NAME", Spec.InstanceName);
        yield return Variable("LOGGING_POD", loggingPod);
        // No metadata service answers here, and asking for one takes seconds.
        yield return Variable("AWS_EC2_METADATA_DISABLED", "true");
        yield return Variable("TZ", "UTC");
        yield return Variable("TMPDIR", "/controller/tmp");
        yield return FromSecret("APP_USERNAME", Spec.ApplicationSecret, "username");
        yield return FromSecret("APP_PASSWORD", Spec.ApplicationSecret, "password");
        if (Spec.HasSuperuserAccess)
        {
            yield return FromSecret("SUPERUSER_PASSWORD", Spec.SuperuserSecret, "password");
        }

        foreach (var variable in (Spec.Source?.Environment("SOURCE") ?? []).Concat(Spec.Destination?.Environment("DESTINATION") ?? []))
        {
            yield return variable;
        }

        foreach (var variable in Spec.Environment)
        {
            yield return variable.DeepClone().AsObject();
        }
    }

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static JsonObject FromSecret(string name, string secret, string key) => new()
    {
        ["name"] = name,
        ["valueFrom"] = BarmanStore.SecretKey(new JsonObject { ["name"] = secret, ["key"] = key }),
    };
}
