namespace CnpgRestore.Kubernetes;
public static class GitOpsOwners { public static Task<IReadOnlyList<CnpgRestore.Plans.FromBackup.SuspendedOwner>> FindAsync(KubernetesApi api, System.Text.Json.Nodes.JsonObject? o, CancellationToken ct) => throw new NotImplementedException(); }
