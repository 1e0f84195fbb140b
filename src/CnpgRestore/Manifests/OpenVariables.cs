namespace CnpgRestore.Manifests;

/// <summary>
/// The Flux variables of a Cluster, and of the ObjectStores that it names, to which nothing gives a value. Flux would put an empty text; the API would
/// take the variable itself, and nobody would notice before a pod does not start.
/// </summary>
/// <param name="Kustomization">The one that builds the manifest, with the file it stands in; null where none is among the files.</param>
/// <param name="NotRead">The objects of <c>substituteFrom</c> that are not among the files: <c>Secret cluster-secrets</c>.</param>
public sealed record OpenVariables(IReadOnlyList<OpenVariable> All, string? Kustomization, IReadOnlyList<string> NotRead)
{
    /// <summary>Null where every variable has its value.</summary>
    public Problem? ToProblem()
    {
        if (All.Count == 0)
        {
            return null;
        }

        var named = All.DistinctBy(open => open.Reference).Select(open => $"{open.Reference} ({open.Place})");
        return new Problem(ProblemCode.Refused, $"Flux variables have no value: {string.Join(", ", named)}", Detail(), Hint());
    }

    private string Detail() => (Kustomization, NotRead) switch
    {
        (null, _) => "no Kustomization with spec.postBuild that builds this folder is among the files; the variable itself would be sent to the API",
        (_, []) => $"{Kustomization} gives none; the variable itself would be sent to the API",
        _ => $"{Kustomization} gives none, and {string.Join(", ", NotRead)} of its substituteFrom {(NotRead.Count == 1 ? "is" : "are")} not among the files; the variable itself would be sent to the API",
    };

    // A text that only looks like a variable needs a way out too; Flux knows the same one.
    private string Hint() =>
        $"name the manifest as Flux renders it: flux build kustomization NAME --path FOLDER > rendered.yaml, then -f rendered.yaml; {(Kustomization is null ? "or add the Kustomization: -f ks.yaml" : "or set it in spec.postBuild.substitute")}; what is no variable belongs under the annotation {ClusterDraft.SubstituteKey}: disabled";
}
