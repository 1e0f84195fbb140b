using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>
/// Lists a collection, then watches it from that version on (Kubernetes API concepts, efficient detection of changes). Where the server forgot the
/// version, it is listed again, and what differs from what was told is told.
/// </summary>
sealed class ObjectWatch(ApiRequests requests, ObjectList list)
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, JsonObject> _known = [];

    public async IAsyncEnumerable<WatchEvent> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var change in ChangesAsync(ct))
        {
            if (change is not null)
            {
                yield return change;
            }
        }
    }

    /// <summary>All that is there, by uid: once it is listed, and after every change.</summary>
    public async IAsyncEnumerable<IReadOnlyDictionary<string, JsonObject>> StatesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var isListed = false;
        await foreach (var change in ChangesAsync(ct))
        {
            isListed |= change is null;
            if (isListed)
            {
                yield return _known;
            }
        }
    }

    /// <summary>Null stands for the end of a list: what was told until here is all there is.</summary>
    private async IAsyncEnumerable<WatchEvent?> ChangesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var present = new HashSet<string>();
            await foreach (var item in list.ReadAsync(ct))
            {
                present.Add(ObjectList.Uid(item));
                if (Take(item) is { } change)
                {
                    yield return change;
                }
            }

            foreach (var uid in _known.Keys.Where(uid => !present.Contains(uid)).ToList())
            {
                _known.Remove(uid, out var gone);
                yield return new WatchEvent(WatchEventType.Deleted, gone!);
            }

            yield return null;

            for (var version = list.Version; version is not null;)
            {
                var begun = requests.Clock.GetTimestamp();
                using var stream = await WatchStream.OpenAsync(requests, list.Watch(version, Duration), Duration, ct);
                version = stream is null ? null : version;
                while (stream is not null && version is not null && await stream.NextAsync(ct) is { } line)
                {
                    version = line.Text("type") == "ERROR" ? null : line.Text("object", "metadata", "resourceVersion") ?? version;
                    if (Read(line) is { } change)
                    {
                        yield return change;
                    }
                }

                // A server or a proxy that ends every answer at once must not be asked without a pause.
                if (requests.Clock.GetElapsedTime(begun) < Pause)
                {
                    await Task.Delay(Pause, requests.Clock, ct);
                }
            }
        }
    }

    private WatchEvent? Read(JsonObject line)
    {
        if (line.At("object") is not JsonObject item)
        {
            return null;
        }

        switch (line.Text("type"))
        {
            case "ADDED" or "MODIFIED":
                return Take(item);
            case "DELETED":
                _known.Remove(ObjectList.Uid(item));
                return new WatchEvent(WatchEventType.Deleted, item.DeepClone().AsObject());
            default:
                return null;
        }
    }

    private WatchEvent? Take(JsonObject item)
    {
        var uid = ObjectList.Uid(item);
        var before = _known.GetValueOrDefault(uid);
        if (before?.Text("metadata", "resourceVersion") == item.Text("metadata", "resourceVersion"))
        {
            return null;
        }

        var copy = item.DeepClone().AsObject();
        _known[uid] = copy;
        return new WatchEvent(before is null ? WatchEventType.Added : WatchEventType.Modified, copy);
    }
}
