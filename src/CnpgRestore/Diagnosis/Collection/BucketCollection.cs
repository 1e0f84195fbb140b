using System.Text.Json.Nodes;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>Opens the bucket with the best that there is, and reads the folders that have to do with a Cluster.</summary>
static class BucketCollection
{
    private const int FoldersRead = 8;
    private const int InFlight = 4;

    /// <param name="cluster">As JSON: the live one, or that of the file.</param>
    public static async Task<BucketExamination> ReadAsync(ExaminationRequest request, JsonObject? cluster, ClusterManifest? manifest, NoteTaking notes, CancellationToken ct)
    {
        var destination = manifest?.Destination?.Store;
        var (address, endpoint) = request.Bucket is { } named ? (named.Address, named.Endpoint) : (destination?.DestinationPath?.TrimEnd('/'), destination?.EndpointUrl);
        if (request.Bucket is null && manifest?.Destination is null)
        {
            if (manifest is null)
            {
                notes.Add("the bucket was not looked at, because nothing names it: -f names the Cluster's manifest, -b the bucket");
            }

            return BucketExamination.None;
        }

        if (request.Bucket is null && destination is { IsS3: false })
        {
            notes.Add($"the bucket {destination.DestinationPath} was not looked at: Azure and Google Cloud Storage are not supported");
            return BucketExamination.None;
        }

        try
        {
            using var store = request.Bucket is null ? await OpenAsync(request, cluster!, manifest!, ct) : request.Bucket.Open();
            var folders = await ServerFolders.ListAsync(store, ct);
            var names = folders.Select(folder => folder.Name).ToList();
            var chosen = Relatives(request, manifest, names);
            if (chosen.Count > FoldersRead)
            {
                notes.Add($"of {chosen.Count} folders with similar names {FoldersRead} were read: {string.Join(", ", chosen.Take(FoldersRead))}");
            }

            var read = new FolderExamination[Math.Min(chosen.Count, FoldersRead)];
            await Parallel.ForAsync(0, read.Length, new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = ct }, async (index, token) =>
            {
                var state = await FolderState.ReadAsync(store, chosen[index], token);
                read[index] = new FolderExamination(state, FolderFindings.Of(state.Catalog, state.Archive));
            });
            return new BucketExamination(store.Address, endpoint, null, names, read);
        }
        catch (RestoreException e) when (request.Bucket is null && destination is { InheritsIdentity: true } && e.Problem.Code == ProblemCode.AccessDenied)
        {
            // The pods have their identity from the cloud; what this machine may do says nothing of them.
            notes.Add($"the bucket {address} was not looked at: the pods inherit an IAM role, and this machine needs a key of its own: {e.Problem.Message}{(e.Problem.Detail is { } detail ? $"; {detail}" : "")}");
            return BucketExamination.None;
        }
        catch (RestoreException e)
        {
            return new BucketExamination(address, endpoint, e.Problem, [], []);
        }
    }

#pragma warning disable CA2000 // Who asked owns the store.
    private static Task<IObjectStore> OpenAsync(ExaminationRequest request, JsonObject cluster, ClusterManifest manifest, CancellationToken ct) => request.Api is { } api
        ? new ClusterStore(api, request.Namespace, request.Clock) { Route = request.Route }.OpenAsync(cluster, ct)
        : manifest.Destination!.Store is { } store ? Task.FromResult(request.OpenStore(store)) : throw new RestoreException(
            ProblemCode.NotFound, $"ObjectStore {manifest.Destination.ObjectStoreName} is in none of the files", hint: "cnpg-restore backups list -f cluster.yaml -f objectstore.yaml");
#pragma warning restore CA2000

    /// <summary>The named ones first, then those that are called like one of them or like the Cluster.</summary>
    private static List<string> Relatives(ExaminationRequest request, ClusterManifest? manifest, List<string> names)
    {
        string?[] named = [request.Server, manifest?.Destination?.ServerName, manifest?.Source?.ServerName, request.Written?.Source?.ServerName, request.Written?.Destination?.ServerName];
        var known = named.OfType<string>().Distinct().ToList();
        var stems = known.Append(request.Cluster).Distinct().ToList();
        // Where the folder that is to be recovered from is not there, another generation of it is what was meant.
        string?[] generations = [request.Server, manifest?.Source?.ServerName];
        var lost = generations.OfType<string>().Where(name => !names.Contains(name)).Select(Stem).ToList();
        return [.. known.Where(names.Contains), .. names.Except(known).Where(name => stems.Exists(stem => AreRelated(stem, name)) || lost.Contains(Stem(name)))];
    }

    /// <summary><c>orders</c> of <c>orders-v2</c>.</summary>
    private static string Stem(string name)
    {
        var dash = name.LastIndexOf("-v", StringComparison.Ordinal);
        return dash > 0 && name.AsSpan(dash + 2) is { Length: > 0 } number && !number.ContainsAnyExceptInRange('0', '9') ? name[..dash] : name;
    }

    private static bool AreRelated(string left, string right) =>
        left == right || left.StartsWith($"{right}-", StringComparison.Ordinal) || right.StartsWith($"{left}-", StringComparison.Ordinal);
}
