using System.Diagnostics;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <param name="Uid">Deletes only this very object, not a later one of the same name; null deletes whichever has the name.</param>
/// <param name="Propagation">What happens to the objects that it owns.</param>
/// <param name="DryRun">Checks everything and deletes nothing.</param>
public sealed record DeleteOptions(string? Uid, Propagation Propagation = Propagation.Background, bool DryRun = false)
{
    internal JsonObject ToJson()
    {
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = Propagation switch
            {
                Propagation.Background => "Background",
                Propagation.Foreground => "Foreground",
                Propagation.Orphan => "Orphan",
                _ => throw new UnreachableException(),
            },
        };
        if (Uid is not null)
        {
            body["preconditions"] = new JsonObject { ["uid"] = Uid };
        }

        if (DryRun)
        {
            body["dryRun"] = new JsonArray("All");
        }

        return body;
    }
}

/// <summary>Kubernetes' cascading deletion.</summary>
public enum Propagation
{
    /// <summary>The object goes at once, what it owns follows.</summary>
    Background,

    /// <summary>The object stays, marked, until what it owns is gone.</summary>
    Foreground,

    /// <summary>What it owns stays without an owner.</summary>
    Orphan,
}
