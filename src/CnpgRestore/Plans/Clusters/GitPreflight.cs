using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.Clusters;

/// <summary>Whether Git will take what <see cref="ApplyMode.Git"/> does with it. It does so when the former Cluster is gone, which is too late to be told.</summary>
static class GitPreflight
{
    /// <param name="push">The commit is pushed, too.</param>
    public static async Task CheckAsync(ApplyMode apply, bool push, ManifestSet manifests, List<Problem> problems, CancellationToken ct)
    {
        // Not every manifest is a file: the API's ObjectStores are among them.
        if (apply != ApplyMode.Git || manifests.Files.Select(file => file.Path).FirstOrDefault(File.Exists) is not { } file)
        {
            return;
        }

        try
        {
            var repository = await GitRepository.OfAsync(file, ct);
            if (push && await repository.FindPushObstacleAsync(ct) is { } obstacle)
            {
                problems.Add(obstacle);
            }

            foreach (var neighbour in manifests.Files.Where(found => found is { IsNeighbour: true, IsChanged: true }))
            {
                if (await repository.HasChangesAsync([Path.GetFullPath(neighbour.Path)], ct))
                {
                    problems.Add(new Problem(
                        ProblemCode.Refused,
                        $"{neighbour.Path} would be edited and committed, and holds changes that are not committed",
                        "it was not named; somebody works on it",
                        $"commit or stash them first: git status -- {neighbour.Path}"));
                }
            }
        }
        catch (RestoreException e)
        {
            problems.Add(e.Problem with { Code = ProblemCode.Refused });
        }
    }
}
