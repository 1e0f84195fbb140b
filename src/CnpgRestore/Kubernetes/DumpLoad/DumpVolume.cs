using System.Diagnostics;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.DumpLoad;

/// <summary>Where a Job finds the folder of dumps; it is mounted for reading only.</summary>
public abstract record DumpVolume
{
    private DumpVolume()
    {
    }

    /// <summary>An export of an NFS server, mounted by the node.</summary>
    public sealed record Nfs(string Server, string Path) : DumpVolume;

    /// <summary>A PersistentVolumeClaim of the Job's namespace.</summary>
    public sealed record Claim(string Name) : DumpVolume;

    /// <summary>A folder of the node that runs the pod; Pod Security <c>restricted</c> and <c>baseline</c> do not admit it.</summary>
    public sealed record HostPath(string Path) : DumpVolume;

    /// <summary>As a run writes it down: <c>nfs:nas.lan:/volume1/backups</c>.</summary>
    public sealed override string ToString() => this switch
    {
        Nfs nfs => $"nfs:{nfs.Server}:{nfs.Path}",
        Claim claim => $"pvc:{claim.Name}",
        HostPath host => $"host-path:{host.Path}",
        _ => throw new UnreachableException(),
    };

    /// <summary>As the command line takes it.</summary>
    public string ToOption() => this switch
    {
        Nfs nfs => $"--nfs {nfs.Server}:{nfs.Path}",
        Claim claim => $"--pvc {claim.Name}",
        HostPath host => $"--host-path {host.Path}",
        _ => throw new UnreachableException(),
    };

    /// <summary>What <see cref="ToString"/> has written; null where it is none.</summary>
    public static DumpVolume? TryParse(string text) => text.Split(':', 3) switch
    {
        ["nfs", { Length: > 0 } server, ['/', ..] path] => new Nfs(server, path),
        ["pvc", { Length: > 0 } name] => new Claim(name),
        ["host-path", ['/', ..] path] => new HostPath(path),
        _ => null,
    };

    /// <summary>The volume of a PodSpec (Kubernetes, core/v1 Volume).</summary>
    public JsonObject ToVolume(string name) => this switch
    {
        Nfs nfs => new JsonObject { ["name"] = name, ["nfs"] = new JsonObject { ["server"] = nfs.Server, ["path"] = nfs.Path, ["readOnly"] = true } },
        Claim claim => new JsonObject { ["name"] = name, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim.Name, ["readOnly"] = true } },
        HostPath host => new JsonObject { ["name"] = name, ["hostPath"] = new JsonObject { ["path"] = host.Path, ["type"] = "Directory" } },
        _ => throw new UnreachableException(),
    };
}
