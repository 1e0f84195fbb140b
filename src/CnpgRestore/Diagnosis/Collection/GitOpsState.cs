using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>What owns the Cluster in Git.</summary>
/// <param name="Kind"><c>Kustomization</c>, <c>HelmRelease</c>, <c>Application</c>.</param>
/// <param name="IsSuspended">It is left so until somebody resumes it (<see cref="GitOpsSuspension.AwaitsResume"/>).</param>
/// <param name="SuspendedBy">The run that did it; null where it was somebody else.</param>
/// <param name="Resume">The merge patch that puts back what the run has noted, and takes its notes away; null where there is no note that can be read.</param>
public sealed record GitOpsState(string Kind, string? Namespace, string Name, bool IsSuspended, string? SuspendedBy, string? Resume)
{
    internal static GitOpsState Of(ObjectReference reference, JsonObject owner, NoteTaking notes) => new(
        reference.Type.Kind, reference.Namespace, reference.Name, GitOpsSuspension.AwaitsResume(reference.Type, owner), GitOpsSuspension.SuspendedBy(owner), ResumeOf(reference, owner, notes));

    private static string? ResumeOf(ObjectReference reference, JsonObject owner, NoteTaking notes)
    {
        try
        {
            if (GitOpsSuspension.Resume(reference.Type, owner, GitOpsSuspension.StaysSuspendedFor(owner)) is not { } patch)
            {
                return null;
            }

            // A person types it later, when status has been written again and again.
            patch["metadata"]!.AsObject().Remove("resourceVersion");
            if (owner.Text("metadata", "annotations", StopRecord.ClusterAnnotation) is not null)
            {
                patch["metadata"]!["annotations"]![StopRecord.ClusterAnnotation] = null;
            }

            return patch.ToJsonString();
        }
        catch (RestoreException e)
        {
            notes.Add($"{e.Problem.Message}: {e.Problem.Detail}");
            return null;
        }
    }
}
