using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Apps;

/// <summary>Workloads as people write them, each holding one idle session per pod.</summary>
static class AppManifests
{
    /// <summary>Connects and waits; a pod whose connection breaks connects again.</summary>
    private const string Client = "while :; do sleep 100000 | psql -X \\\"$DATABASE_URL\\\"; sleep 0.3; done & trap 'kill 0' TERM; wait";

    private const string OwnSecret = "- name: DATABASE_URL\n  valueFrom: { secretKeyRef: { name: orders-app, key: uri } }";

    /// <summary>One replica, by the Cluster's own Secret.</summary>
    public static string Web { get; } = Workload("apps/v1", "Deployment", "web", 1, OwnSecret);

    /// <summary>Three replicas.</summary>
    public static string Queue { get; } = Workload("apps/v1", "StatefulSet", "queue", 3, OwnSecret).Replace("spec:\n  replicas", "spec:\n  serviceName: queue\n  podManagementPolicy: Parallel\n  replicas", StringComparison.Ordinal);

    /// <summary>Two replicas in another namespace, by a Secret that is mounted and has a name of its own.</summary>
    public static string Api(string uri) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: { name: settings }
        stringData: { database.url: "{{uri}}" }
        ---
        {{Workload("apps/v1", "Deployment", "api", 2, "[]", "DATABASE_URL=$(cat /etc/app/database.url); ", "volumeMounts: [{name: settings, mountPath: /etc/app}]", "volumes: [{name: settings, secret: {secretName: settings}}]")}}
        ---
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api } }
        """;

    /// <summary>Never runs by itself in a test.</summary>
    public static string Nightly { get; } = $$"""
        apiVersion: batch/v1beta1
        kind: CronJob
        metadata: { name: nightly }
        spec:
          schedule: "0 3 1 1 *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers:
                    - name: main
                      image: {{KubernetesServer.Image}}
                      imagePullPolicy: Never
                      args: [ "psql", "host=orders-rw" ]
        """;

    /// <summary>Writes a row into <c>events</c> again and again.</summary>
    public static string Writer { get; } = Workload("apps/v1", "Deployment", "writer", 1, OwnSecret, "while :; do psql -Xqc 'INSERT INTO events VALUES (1)' \\\"$DATABASE_URL\\\"; sleep 0.1; done; ");

    /// <summary>A pod that nobody owns, whose client does not connect again.</summary>
    public static string Shell { get; } = $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: shell }
        {{PodSpec(OwnSecret, "sleep 100000 | psql -X \\\"$DATABASE_URL\\\" & exec sleep 100000; ", "", "")}}
        """;

    /// <summary>What Pooler, an Argo Rollout and KEDA's ScaledObject have of a definition: the scale, or none.</summary>
    public static string Definitions { get; } = string.Join("\n---\n", Definition("postgresql.cnpg.io", "v1", "poolers", "Pooler", "instances"),
        Definition("argoproj.io", "v1alpha1", "rollouts", "Rollout", "count"), Definition("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject", null));

    /// <summary>Nobody works on the custom ones: their status says that all are there.</summary>
    public static string Kinds { get; } = $$"""
        apiVersion: postgresql.cnpg.io/v1
        kind: Pooler
        metadata: { name: orders-pool }
        spec: { cluster: { name: orders }, instances: 2 }
        status: { instances: 2 }
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: site }
        spec: { count: 5 }
        status: { count: 5 }
        ---
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: { name: web }
        spec: { scaleTargetRef: { name: web } }
        ---
        {{Workload("apps/v1", "DaemonSet", "agent", null, OwnSecret)}}
        """;

    /// <summary>Names no host of the Cluster, though some come near.</summary>
    public static string Bystander { get; } = Workload("apps/v1", "Deployment", "bystander", 1, "- { name: PGHOST, value: other-orders-rw }", "exec sleep 100000; ");

    private static string Workload(string apiVersion, string kind, string name, int? replicas, string env, string prelude = "", string mounts = "", string volumes = "") => $$"""
        apiVersion: {{apiVersion}}
        kind: {{kind}}
        metadata: { name: {{name}} }
        spec:
          {{(replicas is null ? "" : $"replicas: {replicas}")}}
          selector: { matchLabels: { app: {{name}} } }
          template:
            metadata: { labels: { app: {{name}} } }
        {{Indented(PodSpec(env, prelude, mounts, volumes), 4)}}
        """;

    private static string Definition(string group, string version, string plural, string kind, string? count) => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: { name: {{plural}}.{{group}} }
        spec:
          group: {{group}}
          scope: Namespaced
          names: { plural: {{plural}}, singular: {{kind.ToLowerInvariant()}}, kind: {{kind}} }
          versions:
            - name: {{version}}
              served: true
              storage: true
              schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
              subresources: { {{(count is null ? "" : $"scale: {{ specReplicasPath: .spec.{count}, statusReplicasPath: .status.{count} }}")}} }
        """;

    private static string PodSpec(string env, string prelude, string mounts, string volumes) => $$"""
        spec:
          terminationGracePeriodSeconds: 1
          {{volumes}}
          containers:
            - name: main
              image: {{KubernetesServer.Image}}
              imagePullPolicy: Never
              {{mounts}}
              env:
        {{Indented(env, 8)}}
              command: [ "bash", "-c", "{{prelude}}{{Client}}" ]
        """;

    private static string Indented(string text, int spaces) => string.Join('\n', text.Split('\n').Select(line => new string(' ', spaces) + line));
}
