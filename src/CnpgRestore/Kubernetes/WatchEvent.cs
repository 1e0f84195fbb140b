using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>One change of a watched collection. Of a deleted object, its last known state.</summary>
public sealed record WatchEvent(WatchEventType Type, JsonObject Object);

public enum WatchEventType
{
    /// <summary>It is new, or was there when the watch began.</summary>
    Added,

    Modified,

    Deleted,
}
