namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>A kind of object as the API addresses it.</summary>
/// <param name="Group">Empty for the core group.</param>
sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    public static readonly ResourceType Clusters = new("postgresql.cnpg.io", "v1", "clusters", "Cluster");
    public static readonly ResourceType Backups = new("postgresql.cnpg.io", "v1", "backups", "Backup");
    public static readonly ResourceType ObjectStores = new("barmancloud.cnpg.io", "v1", "objectstores", "ObjectStore");
    public static readonly ResourceType Pods = new("", "v1", "pods", "Pod");
    public static readonly ResourceType Jobs = new("batch", "v1", "jobs", "Job");
    public static readonly ResourceType PersistentVolumeClaims = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");
    public static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    public static readonly ResourceType Secrets = new("", "v1", "secrets", "Secret");
    public static readonly ResourceType Services = new("", "v1", "services", "Service");
    public static readonly ResourceType Events = new("", "v1", "events", "Event");
    public static readonly ResourceType Namespaces = new("", "v1", "namespaces", "Namespace", Namespaced: false);
    public static readonly ResourceType Deployments = new("apps", "v1", "deployments", "Deployment");
    public static readonly ResourceType MutatingWebhooks =
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", Namespaced: false);

    public static readonly ResourceType ValidatingWebhooks =
        new("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", Namespaced: false);

    public static readonly ResourceType Kustomizations = new("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization");
    public static readonly ResourceType GitRepositories = new("source.toolkit.fluxcd.io", "v1", "gitrepositories", "GitRepository");
    public static readonly ResourceType Applications = new("argoproj.io", "v1alpha1", "applications", "Application");

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    private string Root => Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";

    /// <summary>Of all objects, in one namespace or in all.</summary>
    public string Path(string? ns = null) => ns is null || !Namespaced ? $"{Root}/{Plural}" : $"{Root}/namespaces/{ns}/{Plural}";

    public string Path(string? ns, string name) => $"{Path(ns)}/{name}";
}
