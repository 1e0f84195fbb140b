using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>Changes to the status of an object, written together, and only when they change something.</summary>
sealed class StatusDraft(ResourceType type, JsonObject item, TimeProvider clock)
{
    private readonly JsonObject _status = item.Copy("status") as JsonObject ?? [];

    /// <summary>Null removes the field; an empty text is none either, as in Go's JSON.</summary>
    public JsonNode? this[string field]
    {
        get => _status[field];
        set => _status[field] = value;
    }

    /// <summary>A condition's time is that of its last change between true and false.</summary>
    public void Condition(string name, bool holds, string reason, string message)
    {
        var conditions = _status["conditions"] as JsonArray ?? [];
        _status["conditions"] = conditions;
        var condition = conditions.OfType<JsonObject>().FirstOrDefault(condition => condition.Text("type") == name);
        if (condition is null)
        {
            conditions.Add(condition = new JsonObject { ["type"] = name });
        }

        var status = holds ? "True" : "False";
        if (condition.Text("status") != status)
        {
            condition["lastTransitionTime"] = Timestamp(clock);
        }

        condition["status"] = status;
        condition["reason"] = reason;
        condition["message"] = message;
    }

    public async Task SaveAsync(KubernetesApi api, CancellationToken ct)
    {
        var patch = MergePatch(item.At("status") as JsonObject ?? [], _status);
        if (patch.Count == 0)
        {
            return;
        }

        // The version makes the API refuse what was drafted from an old state; lists, like the conditions, are written as a whole.
        var version = new JsonObject { ["resourceVersion"] = item.Text("metadata", "resourceVersion") };
        await api.MergePatchAsync($"{type.Path(item.Namespace, item.Name)}/status", new JsonObject { ["metadata"] = version, ["status"] = patch }, ct);
    }

    /// <summary>RFC 7396: what turns one object into the other.</summary>
    private static JsonObject MergePatch(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var field in before.Select(entry => entry.Key).Except(after.Select(entry => entry.Key)))
        {
            patch[field] = null;
        }

        foreach (var (field, value) in after)
        {
            if (!JsonNode.DeepEquals(before[field], value))
            {
                patch[field] = before[field] is JsonObject old && value is JsonObject changed ? MergePatch(old, changed) : value?.DeepClone();
            }
        }

        return patch;
    }

    /// <summary>RFC 3339 in whole seconds, as Kubernetes writes it.</summary>
    public static string Timestamp(TimeProvider clock) => clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
