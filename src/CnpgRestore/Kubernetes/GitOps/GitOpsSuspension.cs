using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.GitOps;

/// <summary>
/// Reads and makes the patches that stop a GitOps owner and let it go on; sending them is the run's. Flux has <c>spec.suspend</c>. Argo CD has no
/// such word: its <c>spec.syncPolicy.automated</c> is taken out and kept in an annotation, which stops syncing but not looking.
/// </summary>
public static class GitOpsSuspension
{
    private static readonly string[] Flux = ["spec", "suspend"];
    private static readonly string[] Argo = ["spec", "syncPolicy", "automated"];

    /// <summary>Whether it leaves the cluster alone, whoever made it so.</summary>
    public static bool IsSuspended(ResourceType type, JsonObject owner) => IsArgo(type)
        ? owner.At(Argo) is not JsonObject automated || automated.Flag("enabled") == false || owner.Text("metadata", "annotations", "argocd.argoproj.io/skip-reconcile") == "true"
        : owner.Flag(Flux) == true;

    /// <summary>
    /// Whether it is left so until somebody resumes it. An Application without auto-sync is as Argo CD makes it, and syncs when it is asked to: only what
    /// a run has noted on it says that it was otherwise.
    /// </summary>
    public static bool AwaitsResume(ResourceType type, JsonObject owner) => IsSuspended(type, owner) && (!IsArgo(type) || SuspendedBy(owner) is not null);

    /// <summary>The run that suspended it; null where it was no run of ours.</summary>
    public static string? SuspendedBy(JsonObject owner) => owner.Text("metadata", "annotations", RunAnnotations.SuspendedBy);

    /// <summary>The Cluster for whose sake it is not resumed by a run; null in the usual case.</summary>
    public static string? StaysSuspendedFor(JsonObject owner) => owner.Text("metadata", "annotations", RunAnnotations.StaysSuspendedFor);

    /// <summary>The merge patch that keeps what a run has suspended from being resumed by others. Null where no run has.</summary>
    public static JsonObject? Hold(JsonObject owner, string cluster) => SuspendedBy(owner) is null ? null : new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["resourceVersion"] = owner.Text("metadata", "resourceVersion"), ["annotations"] = new JsonObject { [RunAnnotations.StaysSuspendedFor] = cluster },
        },
    };

    /// <summary>
    /// The merge patch that suspends it, notes the run, and notes what to restore; it holds the version that was read, so a change meanwhile is a
    /// conflict. Null where it is suspended already: then it is not ours to resume.
    /// </summary>
    public static JsonObject? Suspend(ResourceType type, JsonObject owner, string run)
    {
        if (IsSuspended(type, owner))
        {
            return null;
        }

        var before = owner.At(FieldOf(type))?.ToJsonString() ?? "null";
        return Patch(type, owner, IsArgo(type) ? null : JsonValue.Create(true), run, before);
    }

    /// <summary>
    /// The merge patch that puts back what was there before a run suspended it, and takes its notes away. Null where no run has; and where one has ended
    /// with a Cluster that Git does not know yet.
    /// </summary>
    /// <param name="replaced">The Cluster of the run, as <c>db/orders</c>, which is as Git says by now; null where the run replaces none.</param>
    public static JsonObject? Resume(ResourceType type, JsonObject owner, string? replaced = null)
    {
        if (owner.Text("metadata", "annotations", RunAnnotations.SuspendedFrom) is not { } before || (StaysSuspendedFor(owner) is { } other && other != replaced))
        {
            return null;
        }

        return Patch(type, owner, NotedValue.Parse(ObjectReference.Of(type, owner), RunAnnotations.SuspendedFrom, before), null, null);
    }

    /// <summary>
    /// Who else writes the field that suspends: a parent whose manifest names it sets it back at its next turn, and has to be suspended first
    /// (kustomize-controller applies with force). An ApplicationSet is told by <see cref="SetOf"/>.
    /// </summary>
    public static IReadOnlyList<string> ContestedBy(ResourceType type, JsonObject owner)
    {
        string[] path = ["fieldsV1", .. FieldOf(type).Select(key => $"f:{key}")];
        var managers = owner.Items("metadata", "managedFields")
            .Where(entry => entry.At(path) is not null && IsController(entry))
            .Select(entry => entry.Text("manager") ?? "");
        return [.. managers.Distinct()];
    }

    /// <summary>
    /// The ApplicationSet that has made an Application and may set back what suspends it. Null where there is none, and where nothing has to be suspended:
    /// an Application that does not sync by itself is left as it is.
    /// </summary>
    public static ObjectReference? SetOf(ResourceType type, JsonObject owner) =>
        IsArgo(type) && !IsSuspended(type, owner)
        && owner.Items("metadata", "ownerReferences").Select(reference => reference.Text("kind") == ResourceTypes.ApplicationSets.Kind ? reference.Text("name") : null)
            .FirstOrDefault(name => name is not null) is { } set
            ? new ObjectReference(ResourceTypes.ApplicationSets, owner.Text("metadata", "namespace"), set)
            : null;

    /// <summary>
    /// Whether an ApplicationSet lets an Application be suspended: it never changes what it has made, or leaves the sync policy out when it compares
    /// (https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Controlling-Resource-Modification/).
    /// </summary>
    public static bool LeavesSyncPolicy(JsonObject set, string application) =>
        set.Text("spec", "syncPolicy", "applicationsSync") is "create-only" or "create-delete"
        || set.Items("spec", "ignoreApplicationDifferences").Any(entry =>
            (entry.Text("name") is not { Length: > 0 } name || name == application)
            && (entry.Items("jsonPointers").Any(pointer => pointer.Text() is "/spec/syncPolicy" or "/spec/syncPolicy/automated")
                || entry.Items("jqPathExpressions").Any(path => path.Text() is ".spec.syncPolicy" or ".spec.syncPolicy.automated")));

    /// <summary>Whether it applies what it has at this moment: a sync that has begun goes on after the Application is suspended. Only Argo CD tells.</summary>
    public static bool IsSyncing(ResourceType type, JsonObject owner) =>
        IsArgo(type) && (owner.At("operation") is JsonObject || owner.Text("status", "operationState", "phase") is "Running" or "Terminating");

    private static bool IsController(JsonNode entry) =>
        entry.Text("manager") != WriteOptions.Default.FieldManager
        && (entry.Text("operation") == "Apply" || GitOpsTrack.Managers.Any(known => known.Manager == entry.Text("manager")));

    private static JsonObject Patch(ResourceType type, JsonObject owner, JsonNode? value, string? run, string? before)
    {
        JsonNode? changed = value;
        foreach (var key in FieldOf(type).Reverse())
        {
            changed = new JsonObject { [key] = changed };
        }

        var patch = changed!.AsObject();
        patch["metadata"] = new JsonObject
        {
            ["resourceVersion"] = owner.Text("metadata", "resourceVersion"),
            ["annotations"] = new JsonObject { [RunAnnotations.SuspendedBy] = run, [RunAnnotations.SuspendedFrom] = before },
        };
        if (StaysSuspendedFor(owner) is not null)
        {
            patch["metadata"]!["annotations"]![RunAnnotations.StaysSuspendedFor] = null;
        }

        return patch;
    }

    private static bool IsArgo(ResourceType type) => type.Kind == ResourceTypes.Applications.Kind;

    private static string[] FieldOf(ResourceType type) => IsArgo(type) ? Argo : Flux;
}
