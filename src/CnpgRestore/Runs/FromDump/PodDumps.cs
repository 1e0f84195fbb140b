using System.Globalization;
using CnpgRestore.Compression;
using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;

namespace CnpgRestore.Runs.FromDump;

/// <summary>The dumps that a pod sees, listed by find and read by cat, with the image's own pg_restore for archives.</summary>
sealed class PodDumps(KubernetesApi api, ObjectReference pod, DumpVolume volume) : IDumpPlace
{
    // What links lead to, by -L; which are links, by the second. A name may hold anything but a zero byte.
    private const string List =
        """
        cd "$1" && find -L . -mindepth 1 -maxdepth 3 ! -path '*/.*' -printf '%D:%i\t%y\t%s\t%T@\t%P\0' && printf '\0' && find . -mindepth 1 -maxdepth 3 ! -path '*/.*' -type l -printf '%P\0'
        """;

    // pg_restore may want nothing more before the end; the filter must not fail for that, and is told to have read sound bytes only there.
    private const string Unpack = """set -o pipefail; f=$1; p=$2; shift 2; $f < "$p" | { LC_ALL=C pg_restore "$@" --file - && cat > /dev/null; }""";

    private const string Find = """find -L "$1" -maxdepth 0 -printf '%D:%i\t%y\t%s\t%T@\t%P\0'""";

    public bool IsHere => false;

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
        // A folder in it that may not be read is left out by find, which says so; the rest is there.
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

    private static PlacedFile Parse(string line, string folder, HashSet<string> links)
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
            fields[1] == "d",
            isDangling ? null : fields[0],
            new ByteSize(long.Parse(fields[2], CultureInfo.InvariantCulture)),
            DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)));
    }
}
