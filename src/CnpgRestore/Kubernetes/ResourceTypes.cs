namespace CnpgRestore.Kubernetes;

/// <summary>The kinds of object that a restore reads or changes.</summary>
public static class ResourceTypes
{
    private const string Cnpg = "postgresql.cnpg.io";

    public static ResourceType Clusters { get; } = new(Cnpg, "v1", "clusters", "Cluster");

    public static ResourceType Backups { get; } = new(Cnpg, "v1", "backups", "Backup");

    public static ResourceType ScheduledBackups { get; } = new(Cnpg, "v1", "scheduledbackups", "ScheduledBackup");

    public static ResourceType Poolers { get; } = new(Cnpg, "v1", "poolers", "Pooler");

    /// <summary>Of the Barman Cloud plugin ([plugin-barman-cloud] api/v1/objectstore_types.go).</summary>
    public static ResourceType ObjectStores { get; } = new("barmancloud.cnpg.io", "v1", "objectstores", "ObjectStore");

    public static ResourceType Namespaces { get; } = new("", "v1", "namespaces", "Namespace", Namespaced: false);

    public static ResourceType Nodes { get; } = new("", "v1", "nodes", "Node", Namespaced: false);

    public static ResourceType Pods { get; } = new("", "v1", "pods", "Pod");

    public static ResourceType PersistentVolumeClaims { get; } = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");

    public static ResourceType Secrets { get; } = new("", "v1", "secrets", "Secret");

    public static ResourceType ConfigMaps { get; } = new("", "v1", "configmaps", "ConfigMap");

    public static ResourceType Services { get; } = new("", "v1", "services", "Service");

    public static ResourceType ServiceAccounts { get; } = new("", "v1", "serviceaccounts", "ServiceAccount");

    /// <summary>The core events, which CNPG writes; served by every version of Kubernetes.</summary>
    public static ResourceType Events { get; } = new("", "v1", "events", "Event");

    public static ResourceType Deployments { get; } = new("apps", "v1", "deployments", "Deployment");

    public static ResourceType StatefulSets { get; } = new("apps", "v1", "statefulsets", "StatefulSet");

    public static ResourceType DaemonSets { get; } = new("apps", "v1", "daemonsets", "DaemonSet");

    public static ResourceType ReplicaSets { get; } = new("apps", "v1", "replicasets", "ReplicaSet");

    public static ResourceType Jobs { get; } = new("batch", "v1", "jobs", "Job");

    /// <summary>Since Kubernetes 1.21; before, <c>v1beta1</c>.</summary>
    public static ResourceType CronJobs { get; } = new("batch", "v1", "cronjobs", "CronJob");

    /// <summary>The oldest version, which every Kubernetes serves, has all that is read here: the target and the minimum.</summary>
    public static ResourceType HorizontalPodAutoscalers { get; } = new("autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler");

    /// <summary>KEDA's, which scale workloads on their own and keep an autoscaler for it.</summary>
    public static ResourceType ScaledObjects { get; } = new("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject");

    public static ResourceType Leases { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    /// <summary>Flux's unit of manifests; v1 since Flux 2.0.</summary>
    public static ResourceType Kustomizations { get; } = new("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization");

    /// <summary>Flux's unit of charts; v2 since Flux 2.3.</summary>
    public static ResourceType HelmReleases { get; } = new("helm.toolkit.fluxcd.io", "v2", "helmreleases", "HelmRelease");

    /// <summary>Argo CD's.</summary>
    public static ResourceType Applications { get; } = new("argoproj.io", "v1alpha1", "applications", "Application");

    /// <summary>Makes Applications of Argo CD, and sets back what is changed in them.</summary>
    public static ResourceType ApplicationSets { get; } = new("argoproj.io", "v1alpha1", "applicationsets", "ApplicationSet");

    internal static ResourceType SelfSubjectAccessReviews { get; } =
        new("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", Namespaced: false);
}
