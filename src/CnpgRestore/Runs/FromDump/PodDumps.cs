using System.Globalization;
using CnpgRestore.Compression;
using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;

namespace CnpgRestore.Runs.FromDump;

/// <summary>The dumps that a pod sees, listed by find and read by cat, with the image's own pg_restore for archives.</summary>
sealed class PodDumps(KubernetesApi api, ObjectReference pod, DumpVolume volume) : IDumpPlace
{
    // In place of find's own letter for a folder, one that may not be entered: find would leave out what is in it.
    private const string Closed = "closed";

    // In the root of an ext4 volume, for root alone: what fsck has found of files (e2fsck manual page).
    private const string Passed = @"\( -name '.*' -o -name lost+found \)";

    private const string Shut = @"-type d \( ! -readable -o ! -executable \)";

    // What links lead to, by -L; which are links, by the second. A name may hold anything but a zero byte. What find cannot look at, such as links in a
    // circle, makes its exit code another one: the rest is there all the same.
    private const string List =
        $$"""
        test ! -d "$1" || test -r "$1" -a -x "$1" || { printf '%s: Permission denied\n' "$1" >&2; exit 1; }
        cd "$1" || exit 1
        find -L . -mindepth 1 -maxdepth 3 {{Passed}} -prune -o {{Shut}} -printf '%D:%i\t{{Closed}}\t0\t%T@\t%P\0' -prune -o -printf '%D:%i\t%y\t%s\t%T@\t%P\0'
        printf '\0'
        find . -mindepth 1 -maxdepth 3 {{Passed}} -prune -o {{Shut}} -prune -o -type l -printf '%P\0'
        """;

    // pg_restore may want nothing more before the end; the filter must not fail for that, and is told to have read sound bytes only there.
    private const string Unpack = """set -o pipefail; f=$1; p=$2; shift 2; $f < "$p" | { LC_ALL=C pg_restore "$@" --file - && cat > /dev/null; }""";

    private const string Find = """find -L "$1" -maxdepth 0 -printf '%D:%i\t%y\t%s\t%T@\t%P\0'""";

    public bool IsHere => false;

    /// <summary>Where another pod has to run that mounts the same claim: one of ReadWriteOnce is on one node at a time. Null for every other volume.</summary>
    public async Task<string?> NodeAsync(CancellationToken ct) => volume is DumpVolume.Claim ? (await api.FindAsync(pod, ct)).Text("spec", "nodeName") : null;

    public async Task<IReadOnlyList<PlacedFile>> ListAsync(string folder, CancellationToken ct)
    {
        var parts = (await RunAsync(List, folder, ct)).Split("\0\0", 2);
        // Without files, the first zero byte is the one between the two.
        var (files, links) = parts is [var first, var second] ? (first, second) : ("", parts[0]);
        var linked = links.Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. files.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => Parse(line, folder, linked))
                .Where(file => IsNear(folder, file)).OrderBy(file => file.Path, StringComparer.Ordinal),
        ];
    }

    public async Task<PlacedFile?> FindAsync(string path, CancellationToken ct)
    {
        try
        {
            return (await RunAsync(Find, path, ct)).Split('\0', StringSplitOptions.RemoveEmptyEntries) is [var line] ? Parse(line, path, []) with { Path = path, Target = path } : null;
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.NotFound)
        {
            return null;
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            // Whoever may enter its folder sees that a file is there.
            throw Unreadable(Path.GetDirectoryName(path) ?? path, e.Problem.Detail!, e);
        }
    }

    public async Task<Stream> OpenAsync(string path, CancellationToken ct)
    {
        try
        {
            return await api.OpenExecAsync(pod.Namespace!, pod.Name, ReaderPod.Container, ["cat", "--", path], ct);
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(path, e.Message, e);
        }
    }

    public async Task<Stream> ScriptAsync(DumpFile file, IReadOnlyList<string> options, CancellationToken ct)
    {
        var isPacked = file.Compression != ArchiveCompression.None;
        if (isPacked)
        {
            await DemandUnpackerAsync(file, ct);
        }

        try
        {
            string[] command = isPacked
                ? ["bash", "-c", Unpack, "bash", DecompressionFilter.Of(file.Compression), file.Path, .. options]
                : ["env", "LC_ALL=C", "pg_restore", .. options, "--file", "-", file.Path];
            return await api.OpenExecAsync(pod.Namespace!, pod.Name, ReaderPod.Container, command, ct);
        }
        catch (InvalidDataException e) when (OldPgRestore.IsIn(e.Message))
        {
            throw new RestoreException(OldPgRestore.ProblemOf(file, e.Message), e);
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(file.Path, e.Message, e);
        }
    }

    public async Task<string> VersionAsync(string program, CancellationToken ct)
    {
        var result = await api.ExecAsync(pod.Namespace!, pod.Name, ReaderPod.Container, ["sh", "-c", "\"$1\" --version", "sh", program], stdin: null, ct);
        return result.ExitCode == 0 ? result.Output.Trim() : "";
    }

    private async Task DemandUnpackerAsync(DumpFile file, CancellationToken ct)
    {
        var program = DecompressionFilter.ProgramOf(file.Compression);
        var found = await api.ExecAsync(pod.Namespace!, pod.Name, ReaderPod.Container, ["sh", "-c", "command -v bash && command -v \"$1\"", "sh", program], stdin: null, ct);
        if (found.ExitCode != 0)
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"{file.Path} of {volume} is an archive that is packed once more, and the image cannot unpack it",
                $"it lacks bash or {program}",
                $"name an image that has both: --image; or unpack the dump first: {DecompressionFilter.Of(file.Compression)}");
        }
    }

    private async Task<string> RunAsync(string script, string path, CancellationToken ct)
    {
        var result = await api.ExecAsync(pod.Namespace!, pod.Name, ReaderPod.Container, ["env", "LC_ALL=C", "sh", "-c", script, "sh", path], stdin: null, ct);
        return result.ExitCode == 0 || result.Output.Length > 0 ? result.Output : throw Unreadable(path, result.Error.Trim(), cause: null);
    }

    private RestoreException Unreadable(string path, string said, Exception? cause) => said.Contains("Permission denied", StringComparison.Ordinal)
        ? new RestoreException(
            ProblemCode.AccessDenied, $"Permission denied: {path} of {volume} cannot be read", said, "the pod reads as user 26, as PostgreSQL's do: let others read it (chmod o+rX), or map that user in the export", cause)
        : said.Contains("No such file", StringComparison.Ordinal) || said.Contains("can't cd to", StringComparison.Ordinal)
            ? new RestoreException(ProblemCode.NotFound, $"Backup file not found: {path} of {volume}", said, $"cnpg-restore dumps list -n {pod.Namespace} {volume.ToOption()}", cause)
            : new RestoreException(ProblemCode.Unreachable, $"{path} of {volume} cannot be read", said, $"kubectl describe pod -n {pod.Namespace} {pod.Name}", cause);

    private static bool IsNear(string folder, PlacedFile file) =>
        Path.GetRelativePath(folder, file.Path).Count(letter => letter == '/') < 2 || Path.GetFileName(file.Path) == "toc.dat";

    private PlacedFile Parse(string line, string folder, HashSet<string> links)
    {
        var fields = line.Split('\t', 5);
        var path = fields[4].Length == 0 ? folder : Path.Combine(folder, fields[4]);
        // Followed, only a link that leads nowhere is still a link.
        var isDangling = fields[1] == "l";
        var seconds = double.Parse(fields[3], CultureInfo.InvariantCulture);
        return new PlacedFile(
            path,
            path,
            links.Contains(fields[4]),
            fields[1] is "d" or Closed,
            isDangling ? null : fields[0],
            new ByteSize(long.Parse(fields[2], CultureInfo.InvariantCulture)),
            DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)))
        {
            Refusal = fields[1] == Closed ? Unreadable(path, "Permission denied: it may not be entered", cause: null).Problem : null,
        };
    }
}
