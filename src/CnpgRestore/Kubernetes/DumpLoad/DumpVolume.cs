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

    /// <summary>The volume of a PodSpec (Kubernetes, core/v1 Volume).</summary>
    public JsonObject ToVolume(string name) => this switch
    {
        Nfs nfs => new JsonObject { ["name"] = name, ["nfs"] = new JsonObject { ["server"] = nfs.Server, ["path"] = nfs.Path, ["readOnly"] = true } },
        Claim claim => new JsonObject { ["name"] = name, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim.Name, ["readOnly"] = true } },
        HostPath host => new JsonObject { ["name"] = name, ["hostPath"] = new JsonObject { ["path"] = host.Path, ["type"] = "Directory" } },
        _ => throw new UnreachableException(),
    };
}
