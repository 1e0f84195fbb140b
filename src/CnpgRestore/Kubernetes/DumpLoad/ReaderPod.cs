using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.DumpLoad;

/// <summary>
/// A pod that does nothing but have a volume, so that commands in it read what lies there. Pod Security <c>restricted</c> admits it unless the volume
/// is the node's.
/// </summary>
/// <param name="Image">With sh, find and cat.</param>
/// <param name="Lifetime">After it the pod ends.</param>
public sealed record ReaderPod(string Name, string Namespace, string Image, DumpVolume Volume, TimeSpan Lifetime)
{
    public const string Mount = "/dumps";
    public const string Container = "reader";

    /// <summary>On every pod of this kind.</summary>
    public const string Label = "app.kubernetes.io/name=cnpg-restore-reader";

    /// <summary>
    /// The node where the volume is mounted already: one that may be on one node at a time starts nowhere else. It is no condition, because other volumes do.
    /// Null: any.
    /// </summary>
    public string? Near { get; init; }

    // That of CloudNativePG's images.
    private const int User = 26;

    public JsonObject ToManifest()
    {
        var metadata = new JsonObject
        {
            ["name"] = Name,
            ["namespace"] = Namespace,
            ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "cnpg-restore", ["app.kubernetes.io/name"] = "cnpg-restore-reader" },
        };
        var seconds = ((long)Lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = "Never",
                ["activeDeadlineSeconds"] = (long)Lifetime.TotalSeconds,
                ["terminationGracePeriodSeconds"] = 1,
                ["automountServiceAccountToken"] = false,
                ["enableServiceLinks"] = false,
                ["securityContext"] = new JsonObject
                {
                    ["runAsNonRoot"] = true, ["runAsUser"] = User, ["runAsGroup"] = User, ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
                },
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = Container,
                    ["image"] = Image,
                    ["imagePullPolicy"] = "IfNotPresent",
                    ["command"] = new JsonArray("sleep", seconds),
                    ["securityContext"] = new JsonObject
                    {
                        ["allowPrivilegeEscalation"] = false, ["readOnlyRootFilesystem"] = true, ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
                    },
                    ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "dumps", ["mountPath"] = Mount, ["readOnly"] = true }),
                }),
                ["volumes"] = new JsonArray(Volume.ToVolume("dumps")),
            },
        };
        if (Near is not null)
        {
            pod["spec"]!["affinity"] = NodeAffinity.Near(Near);
        }

        return pod;
    }
}
