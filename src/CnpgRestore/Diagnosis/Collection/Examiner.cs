using CnpgRestore.Dumps.Folder;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>Reads everything about a Cluster that can be read; changes nothing.</summary>
public static class Examiner
{
    public static async Task<Examination> ExamineAsync(ExaminationRequest request, CancellationToken ct)
    {
        var notes = new NoteTaking();
        foreach (var note in request.Notes)
        {
            notes.Add(note);
        }

        var dumps = DumpsAsync(request.Dumps, ct);
        var found = await WithClusterAsync(request, notes, ct);
        if (found.HasKubernetes)
        {
            found = await new ClusterCollection(request.Api!, request.Namespace, request.Cluster, request.Clock, notes).ReadAsync(found, request.File, ct);
        }

        var withApi = found.HasKubernetes ? request : request with { Api = null };
        var bucket = await BucketCollection.ReadAsync(withApi, found.Live ?? request.File, found.Manifest, notes, ct);
        return found with { Bucket = bucket, Dumps = await dumps, Notes = notes.Notes };
    }

    private static async Task<Examination> WithClusterAsync(ExaminationRequest request, NoteTaking notes, CancellationToken ct)
    {
        var empty = new Examination
        {
            Cluster = request.Cluster,
            Namespace = request.Namespace,
            Time = request.Clock.GetUtcNow(),
            Manifest = request.Written,
            Written = request.Written,
            Server = request.Server,
        };
        if (request.Api is not { } api)
        {
            return empty;
        }

        try
        {
            var live = await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, request.Namespace, request.Cluster), ct);
            return empty with
            {
                HasKubernetes = true,
                KnowsCluster = true,
                Live = live,
                State = live is null ? null : CnpgCluster.Read(live),
                Manifest = live is null ? request.Written : ClusterManifest.Read(live, _ => null),
            };
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.Unreachable or ProblemCode.AccessDenied)
        {
            // Who may not read Clusters may still read pods; who is not answered is not asked a dozen times more.
            notes.Add($"the Cluster could not be read: {e.Problem.Message}{(e.Problem.Detail is { } detail ? $"; {detail}" : "")}");
            return empty with { HasKubernetes = e.Problem.Code == ProblemCode.AccessDenied };
        }
    }

    private static async Task<DumpsExamination?> DumpsAsync(string? path, CancellationToken ct)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            var (folder, latest) = await (await DumpFolder.ReadAsync(path, ct)).FindLatestAsync(database: null, ct);
            return new DumpsExamination(path, null, folder, latest);
        }
        catch (RestoreException e)
        {
            return new DumpsExamination(path, e.Problem, null, null);
        }
    }
}
