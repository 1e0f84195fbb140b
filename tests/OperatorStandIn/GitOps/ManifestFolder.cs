using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.GitOps;

/// <summary>
/// The objects of one folder of a commit: what its kustomization.yaml lists (<c>resources</c> and <c>namespace</c> are understood), else every
/// YAML file below it.
/// </summary>
sealed record ManifestFolder(GitRepository Repository, string Commit)
{
    private static readonly string[] KustomizationFiles = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <param name="prepare">Works on the text of each file before it is parsed.</param>
    public async Task<IReadOnlyList<JsonObject>> ObjectsAsync(string path, Func<string, string> prepare, CancellationToken ct)
    {
        var files = await Repository.FilesAsync(Commit, ct);
        return await ReadAsync(Resolve("", path), files, prepare, ct);
    }

    /// <param name="folder">From the repository's root; empty is the root itself.</param>
    private async Task<IReadOnlyList<JsonObject>> ReadAsync(string folder, IReadOnlyList<string> files, Func<string, string> prepare, CancellationToken ct)
    {
        var kustomization = KustomizationFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(files.Contains);
        if (kustomization is null)
        {
            List<JsonObject> found = [];
            foreach (var file in files.Where(file => IsBelow(folder, file) && (Path.GetExtension(file) is ".yaml" or ".yml")))
            {
                found.AddRange(await ParseAsync(file, prepare, ct));
            }

            return found;
        }

        var build = YamlDocuments.Parse(await Repository.ReadAsync(Commit, kustomization, ct)).Single();
        List<JsonObject> objects = [];
        foreach (var resource in build.Items("resources").Select(item => item.Text()!))
        {
            var path = Resolve(folder, resource);
            objects.AddRange(files.Contains(path) ? await ParseAsync(path, prepare, ct) : await ReadAsync(path, files, prepare, ct));
        }

        foreach (var item in objects)
        {
            if (build.Text("namespace") is { } ns)
            {
                item["metadata"]!["namespace"] = ns;
            }
        }

        return objects;
    }

    private static bool IsBelow(string folder, string file) => folder.Length == 0 || file.StartsWith($"{folder}/", StringComparison.Ordinal);

    private static string Resolve(string folder, string path) => Path.GetFullPath(Path.Combine("/", folder, path.TrimStart('/'))).Trim('/');

    private async Task<IEnumerable<JsonObject>> ParseAsync(string file, Func<string, string> prepare, CancellationToken ct) =>
        YamlDocuments.Parse(prepare(await Repository.ReadAsync(Commit, file, ct)));
}
