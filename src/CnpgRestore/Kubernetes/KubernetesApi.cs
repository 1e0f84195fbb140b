using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes.Client;

namespace CnpgRestore.Kubernetes;

/// <summary>
/// One Kubernetes API server. Objects are JSON, so that fields which we do not know survive. Every method throws <see cref="RestoreException"/>:
/// exit 12 where the API does not allow it, 13 where it does not answer, 10 where something is missing, 15 where it refuses the content.
/// Reading is retried for about a minute; so is writing, where the server cannot have begun with it or doing it twice is the same.
/// </summary>
public sealed class KubernetesApi : IDisposable
{
    /// <summary>Objects of one page of a list.</summary>
    private const int PageSize = 500;

    private readonly ApiConnection _connection;
    private readonly ApiRequests _requests;
    private readonly Discovery _discovery;

    private KubernetesApi(ApiAccess access, KubernetesSettings settings)
    {
        _connection = new ApiConnection(access, settings);
        _requests = new ApiRequests(_connection, settings.Clock, Random.Shared.NextDouble);
        _discovery = new Discovery(_requests);
        Namespace = settings.Namespace ?? (access.Namespace is { Length: > 0 } ns ? ns : "default");
    }

    /// <summary>Of <c>--namespace</c>, or of the context, or of the pod, or <c>default</c>.</summary>
    public string Namespace { get; }

    /// <summary>The server's address, for messages.</summary>
    public string Server => _connection.Server;

    /// <summary>Reads the kubeconfig and runs its login program, if it names one; the server is not asked anything yet.</summary>
    /// <exception cref="RestoreException">Exit 2: no usable kubeconfig; exit 12: the login program fails.</exception>
    public static KubernetesApi Connect(KubernetesSettings settings) => new(Kubeconfig.Open(settings), settings);

    /// <summary>Null where the object, or its type, does not exist.</summary>
    public Task<JsonObject?> FindAsync(ObjectReference reference, CancellationToken ct) => _requests.FindAsync(Get(reference), ct);

    /// <exception cref="RestoreException">Exit 10: it does not exist.</exception>
    public Task<JsonObject> GetAsync(ObjectReference reference, CancellationToken ct) => _requests.SendAsync(Get(reference), ct);

    /// <summary>
    /// All objects of a type, in pages. Where the list changed so much meanwhile that the server forgot its state, the rest comes from a newer
    /// state; an object may then be missing that was deleted meanwhile, and none comes twice.
    /// </summary>
    /// <param name="ns">Null: of all namespaces.</param>
    public IAsyncEnumerable<JsonObject> ListAsync(ResourceType type, string? ns, ListSelector selector, CancellationToken ct) =>
        new ObjectList(_requests, type, ns, selector, PageSize).ReadAsync(ct);

    public Task<JsonObject> CreateAsync(ResourceType type, string? ns, JsonObject item, WriteOptions options, CancellationToken ct) =>
        _requests.SendAsync(
            new ApiRequest(HttpMethod.Post, type.PathIn(ns) + options.Query, "create", type) { Namespace = ns, Body = Typed(type, item), IsRepeatable = options.DryRun },
            ct);

    /// <summary>Server-side apply: the fields that are given become ours, and those that we gave before and leave out now go.</summary>
    /// <exception cref="RestoreException">A conflict (<see cref="ApiRefusal"/>): another manager owns a field and <see cref="WriteOptions.Force"/> is not set.</exception>
    public Task<JsonObject> ApplyAsync(ResourceType type, string? ns, JsonObject item, WriteOptions options, CancellationToken ct)
    {
        var name = item.Text("metadata", "name") ?? throw new ArgumentException("an applied object has a name", nameof(item));
        var path = $"{type.PathIn(ns, name)}{options.Query}{(options.Force ? "&force=true" : "")}";
        return _requests.SendAsync(
            new ApiRequest(HttpMethod.Patch, path, "patch", type) { Namespace = ns, Name = name, Body = Typed(type, item), ContentType = ApiRequest.ApplyPatch, IsRepeatable = true },
            ct);
    }

    /// <summary>
    /// JSON merge patch (RFC 7396): null removes a field, a list is replaced whole. With <c>metadata.resourceVersion</c> in the patch it is refused
    /// as a conflict where the object has changed.
    /// </summary>
    public Task<JsonObject> MergePatchAsync(ObjectReference reference, JsonObject patch, WriteOptions options, CancellationToken ct) =>
        _requests.SendAsync(
            Request(HttpMethod.Patch, "patch", reference, options.Query) with
            {
                Body = patch,
                ContentType = ApiRequest.MergePatch,
                IsRepeatable = options.DryRun || patch.Text("metadata", "resourceVersion") is null,
            },
            ct);

    /// <summary>Writes the whole object, as it was read and then changed.</summary>
    /// <exception cref="RestoreException">A conflict (<see cref="ApiRefusal"/>): it is no longer the <c>resourceVersion</c> that was read.</exception>
    public Task<JsonObject> ReplaceAsync(ObjectReference reference, JsonObject item, WriteOptions options, CancellationToken ct) =>
        _requests.SendAsync(Request(HttpMethod.Put, "update", reference, options.Query) with { Body = Typed(reference.Type, item), IsRepeatable = options.DryRun }, ct);

    /// <summary>Asks for the deletion; finalizers and owned objects may still hold it. An object that is already gone is no error.</summary>
    /// <exception cref="RestoreException">A conflict (<see cref="ApiRefusal"/>): the name belongs to another object than <see cref="DeleteOptions.Uid"/>.</exception>
    public Task DeleteAsync(ObjectReference reference, DeleteOptions options, CancellationToken ct) =>
        _requests.FindAsync(Request(HttpMethod.Delete, "delete", reference) with { Body = options.ToJson(), IsRepeatable = options.Uid is not null }, ct);

    /// <summary>
    /// What is there, as added, then every change, until it is cancelled. Lost connections and lost history are bridged by listing again: a change
    /// may then be told as one where there were several, but the last state is always told.
    /// </summary>
    public IAsyncEnumerable<WatchEvent> WatchAsync(ResourceType type, string? ns, ListSelector selector, CancellationToken ct) =>
        new ObjectWatch(_requests, new ObjectList(_requests, type, ns, selector, PageSize)).RunAsync(ct);

    /// <summary>All that is there, by uid: once it is listed, and after every change, until it is cancelled.</summary>
    internal IAsyncEnumerable<IReadOnlyDictionary<string, JsonObject>> StatesAsync(ResourceType type, string? ns, ListSelector selector, CancellationToken ct) =>
        new ObjectWatch(_requests, new ObjectList(_requests, type, ns, selector, PageSize)).StatesAsync(ct);

    /// <summary>Waits until an object is as it should be, or gone; null stands for gone.</summary>
    /// <returns>The object at that moment.</returns>
    public async Task<JsonObject?> WaitForAsync(ObjectReference reference, Func<JsonObject?, bool> isReached, CancellationToken ct)
    {
        await foreach (var state in StatesAsync(reference.Type, reference.Namespace, ListSelector.Named(reference.Name), ct))
        {
            var item = state.Values.FirstOrDefault();
            if (isReached(item))
            {
                return item;
            }
        }

        throw new OperationCanceledException(ct);
    }

    /// <summary>Waits until no object of the selection is left.</summary>
    /// <param name="remaining">Told at every change what is still there.</param>
    public async Task WaitUntilNoneAsync(
        ResourceType type, string? ns, ListSelector selector, Action<IReadOnlyCollection<JsonObject>> remaining, CancellationToken ct)
    {
        await foreach (var state in StatesAsync(type, ns, selector, ct))
        {
            if (state.Count == 0)
            {
                return;
            }

            remaining([.. state.Values]);
        }
    }

    /// <summary>What the node keeps of a container's output, at most 16 MiB of it.</summary>
    public Task<string> LogsAsync(string ns, string pod, string container, LogOptions options, CancellationToken ct) =>
        new PodLogs(_requests, ns, pod, container).ReadAsync(options, ct);

    /// <summary>
    /// The lines of a container from its start until it ends, or its pod is gone. Waits for a container that has not started; goes on after a lost
    /// connection without repeating lines.
    /// </summary>
    public IAsyncEnumerable<string> FollowLogsAsync(string ns, string pod, string container, LogOptions options, CancellationToken ct) =>
        new PodLogs(_requests, ns, pod, container).FollowAsync(options, ct);

    /// <summary>
    /// Runs a command in a container and waits for its end. It is never begun twice. Cancelled, it is left alone: the node ends it when it writes
    /// to the closed connection.
    /// </summary>
    /// <param name="stdin">
    /// Read to its end, which the command sees. Servers before 1.30 cannot tell a command that its input has ended: there the stream must know its
    /// length, and the command runs behind <c>head -c</c>.
    /// </param>
    /// <exception cref="RestoreException">The command did not start, or the connection broke before its exit code was known.</exception>
    public async Task<ExecResult> ExecAsync(string ns, string pod, string container, IReadOnlyList<string> command, Stream? stdin, CancellationToken ct) =>
        await new PodExec(_requests, ns, pod, container).RunAsync(command, stdin, stdin is null || await _discovery.IsAtLeastAsync(1, 30, ct), ct);

    /// <summary>
    /// Begins a command in a container; the stream is what it writes to stdout. Its end throws <see cref="InvalidDataException"/> where the command
    /// fails, or the connection breaks. Disposed early, the command is left alone until it writes again.
    /// </summary>
    /// <exception cref="InvalidDataException">It failed before it wrote anything.</exception>
    public async Task<Stream> OpenExecAsync(string ns, string pod, string container, IReadOnlyList<string> command, CancellationToken ct) =>
        await new PodExec(_requests, ns, pod, container).OpenAsync(command, ct);

    /// <summary>One connection to a port in a pod, also where it listens on the pod's own loopback only. Disposing the stream closes it.</summary>
    public Task<Stream> PortForwardAsync(string ns, string pod, int port, CancellationToken ct) => PortForwardStream.OpenAsync(_requests, ns, pod, port, ct);

    /// <summary>Whether the server has the type in this version; asked once per group.</summary>
    public Task<bool> SupportsAsync(ResourceType type, CancellationToken ct) => _discovery.SupportsAsync(type, ct);

    /// <summary>The type of a kind as manifests and owner references name it; null where the server does not have it.</summary>
    /// <param name="apiVersion"><c>apps/v1</c>.</param>
    public Task<ResourceType?> FindTypeAsync(string apiVersion, string kind, CancellationToken ct) => _discovery.FindAsync(apiVersion, kind, ct);

    /// <summary>Whether objects of the type have a number of replicas that anybody may set (the subresource <c>scale</c>).</summary>
    public Task<bool> HasScaleAsync(ResourceType type, CancellationToken ct) => _discovery.HasScaleAsync(type, ct);

    /// <summary>All such types, custom ones included.</summary>
    public Task<IReadOnlyList<ResourceType>> TypesWithScaleAsync(CancellationToken ct) => _discovery.WithScaleAsync(ct);

    /// <summary>
    /// The number of replicas of whatever has one, by the subresource <c>scale</c> (autoscaling/v1 Scale): wanted in <c>spec.replicas</c>, there in
    /// <c>status.replicas</c>. Its <c>resourceVersion</c> is that of the object.
    /// </summary>
    /// <exception cref="RestoreException">Exit 10: it does not exist.</exception>
    public Task<JsonObject> GetScaleAsync(ObjectReference reference, CancellationToken ct) => _requests.SendAsync(
        Scale(HttpMethod.Get, "get", reference, "") with { IsRepeatable = true }, ct);

    /// <summary>Sets the number of replicas, and nothing else.</summary>
    public Task<JsonObject> SetScaleAsync(ObjectReference reference, int replicas, CancellationToken ct) => _requests.SendAsync(
        Scale(HttpMethod.Patch, "patch", reference, WriteOptions.Default.Query) with
        {
            Body = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } },
            ContentType = ApiRequest.MergePatch,
            IsRepeatable = true,
        },
        ct);

    /// <summary>The server's version, as <c>v1.33.4</c>.</summary>
    public Task<string> VersionAsync(CancellationToken ct) => _discovery.VersionAsync(ct);

    /// <summary>Asks RBAC for the present user; it is not tried.</summary>
    /// <param name="verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>.</param>
    /// <param name="ns">Null: in all namespaces.</param>
    /// <param name="name">Null: of any name.</param>
    /// <param name="subresource"><c>log</c>, <c>exec</c>, <c>scale</c>; null: of the object itself.</param>
    public async Task<AccessAnswer> MayAsync(string verb, ResourceType type, string? ns, string? name, string? subresource, CancellationToken ct)
    {
        var question = new JsonObject { ["verb"] = verb, ["group"] = type.Group, ["version"] = type.Version, ["resource"] = type.Plural };
        Add("namespace", ns);
        Add("name", name);
        Add("subresource", subresource);
        var reviews = ResourceTypes.SelfSubjectAccessReviews;
        var review = Typed(reviews, new JsonObject { ["spec"] = new JsonObject { ["resourceAttributes"] = question } });
        var answer = await _requests.SendAsync(new ApiRequest(HttpMethod.Post, reviews.PathIn(null), "create", reviews) { Body = review, IsRepeatable = true }, ct);
        return new AccessAnswer(answer.Flag("status", "allowed") == true, answer.Text("status", "reason") is { Length: > 0 } reason ? reason : null);

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                question[key] = value;
            }
        }
    }

    public void Dispose() => _connection.Dispose();

    private static ApiRequest Get(ObjectReference reference) => Request(HttpMethod.Get, "get", reference) with { IsRepeatable = true };

    private static ApiRequest Request(HttpMethod method, string verb, ObjectReference reference, string query = "") =>
        new(method, reference.Path + query, verb, reference.Type) { Namespace = reference.Namespace, Name = reference.Name };

    private static ApiRequest Scale(HttpMethod method, string verb, ObjectReference reference, string query) =>
        new(method, reference.Type.PathIn(reference.Namespace, reference.Name, "scale") + query, verb, reference.Type)
        {
            Namespace = reference.Namespace,
            Name = reference.Name,
            Subresource = "scale",
        };

    // Items of a list come without the two.
    private static JsonObject Typed(ResourceType type, JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        copy["apiVersion"] ??= type.ApiVersion;
        copy["kind"] ??= type.Kind;
        return copy;
    }
}
