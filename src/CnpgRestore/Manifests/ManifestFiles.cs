using System.Text;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Reads manifests from disk, and finds the files around them that say what they leave open.</summary>
public static class ManifestFiles
{
    // A repository of manifests is four or five folders deep.
    private const int HighestFolder = 8;

    private static readonly EnumerationOptions Reachable = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    private static readonly EnumerationOptions AllBelow = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The named files, then: the Kustomizations of Flux that build their folder, in it and in those above it, up to the repository's root; for one with
    /// the plugin the ObjectStores in its own folder. A neighbour that is no YAML, or cannot be read, is passed over.
    /// </summary>
    /// <exception cref="RestoreException">A named file does not exist, may not be read, or is not YAML.</exception>
    public static ManifestSet Read(IReadOnlyList<string> paths)
    {
        var files = paths.Select(path => Read(path)).ToList();
        var known = paths.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        files.AddRange(files.ToList().SelectMany(Neighbours).Where(file => known.Add(Path.GetFullPath(file.Path))));
        return new ManifestSet(files);
    }

    /// <summary>Writes a changed file back, whole or not at all; through a link, and with the file's own permissions.</summary>
    public static Task WriteAsync(ManifestFile file, CancellationToken ct) =>
        AtomicFile.WriteAsync(File.ResolveLinkTarget(file.Path, returnFinalTarget: true)?.FullName ?? file.Path, file.Text.Text, ct);

    private static ManifestFile Read(string path, bool isNeighbour = false)
    {
        try
        {
            // Not File.ReadAllText: it drops a byte order mark, which then would be gone from the file.
            return new ManifestFile(path, Utf8.GetString(File.ReadAllBytes(path))) { IsNeighbour = isNeighbour };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RestoreException(ProblemCode.NotFound, $"{path} does not exist", hint: "name the file that the Cluster is in: -f FILE", cause: e);
        }
        catch (UnauthorizedAccessException e)
        {
            // .NET says the same of a folder.
            throw Directory.Exists(path)
                ? new RestoreException(ProblemCode.Usage, $"{path} is a folder", hint: "name the file with the Cluster in it", cause: e)
                : new RestoreException(ProblemCode.AccessDenied, $"{path} may not be read", e.Message, "run it as a user who may read it", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new RestoreException(ProblemCode.Refused, $"{path} is not UTF-8", e.Message, "write it as UTF-8, as Kubernetes reads it", e);
        }
    }

    private static IEnumerable<ManifestFile> Neighbours(ManifestFile file)
    {
        var own = Path.GetDirectoryName(file.Path) is { Length: > 0 } folder ? folder : ".";
        List<ManifestFile> stores = Says(file, "barmanObjectName") ? [.. Holding(own, "barmancloud.cnpg.io/")] : [];
        // Also for a manifest without a variable: what a Kustomization patches, nobody sees who reads the file.
        var kustomizations = Above(own).SelectMany(above => Holding(above, "kustomize.toolkit.fluxcd.io/"))
            .Where(other => other.Objects().Any(item => FluxSubstitution.Builds(item.Json, file.Path)));
        return [.. kustomizations, .. stores];
    }

    private static bool Says(ManifestFile file, string text) => file.Original.Text.Contains(text, StringComparison.Ordinal);

    /// <summary>The folder and those above it up to the repository's root; without a repository, the folder and the one above.</summary>
    private static List<string> Above(string folder)
    {
        var folders = new List<string>();
        for (var next = folder; folders.Count < HighestFolder && Directory.Exists(next); next = Parent(next))
        {
            folders.Add(next);
            if (Path.Exists(Path.Combine(next, ".git")))
            {
                return folders;
            }
        }

        return folders[..Math.Min(2, folders.Count)];
    }

    /// <summary>Relative as the folder is, and without a <c>..</c> behind a name, which patch and git apply take from nobody.</summary>
    private static string Parent(string folder)
    {
        var parent = Path.GetFullPath(Path.Combine(folder, ".."));
        return Path.IsPathRooted(folder) ? parent : Path.GetRelativePath(Environment.CurrentDirectory, parent);
    }

    /// <summary>Null where it is no YAML, or may not be read.</summary>
    internal static ManifestFile? TryRead(string path) => FindText(path) is { } text && YamlText.TryParse(text, path) is not null ? Read(path, isNeighbour: true) : null;

    private static IEnumerable<ManifestFile> Holding(string folder, string apiGroup) =>
        from path in Directory.EnumerateFiles(folder, "*.y*ml", Reachable).Order(StringComparer.Ordinal)
        where FindText(path) is { } text && text.Contains(apiGroup, StringComparison.Ordinal) && YamlText.TryParse(text, path) is not null
        select Read(path, isNeighbour: true);

    /// <summary>What the YAML files of a folder say, and of those below it; nothing where the folder is none of this disk.</summary>
    internal static IEnumerable<string> TextsBelow(string folder, string except) => !Directory.Exists(folder) ? [] :
        Directory.EnumerateFiles(folder, "*.y*ml", AllBelow).Where(path => path != Path.GetFullPath(except)).Select(FindText).OfType<string>();

    /// <summary>Null for a neighbour that cannot be read: a link that leads nowhere, or a file of somebody else.</summary>
    private static string? FindText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
