using System.Text;
using System.Text.Json.Nodes;
using CnpgRestore.Compression;
using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Plans.FromDump;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// psql or pg_restore in a Job beside the database, where the dump is: applied, followed line by line, and understood by its exit code. What a killed run
/// has left loads still is waited for, and what is of no use is deleted first; the login is a Secret that goes with the Job.
/// </summary>
/// <param name="Role">What the sessions become; null: the user itself.</param>
sealed record LoadJob(KubernetesApi Api, string Namespace, string Cluster, string User, Secret Password, string? Role, TimeProvider Clock)
{
    private const int LinesKept = 40;

    // psql: 3 is an error in the script; the shell: 66 is ours, 126 and 127 a program that is not there, 128 and more a signal.
    private const int NoFile = 66;
    private const int NoProgram = 126;
    private const int Signal = 128;

    // No exit code of a pod that failed: there is none any more.
    private const int Gone = 0;

    // As this program writes a problem.
    private const string MessageWord = "error:";
    private const string DetailWord = "detail:";
    private const string HintWord = "hint:";

    /// <summary>For the present database, with the superuser's Secret, or that of the application where there is none.</summary>
    /// <exception cref="RestoreException">Exit 15: psql of the Job reads the dump as it is, and a COMMIT in it would end the one transaction.</exception>
    public async Task<JsonObject> ForGitAsync(FromDumpPlan plan, CancellationToken ct)
    {
        if (plan.WhyNoJobForGit is { } why)
        {
            throw new RestoreException(ProblemCode.Refused, $"no Job can load {plan.Dump.Path} all or nothing", why, "leave --dry-run out: this program loads it beside the live database");
        }

        var superuser = CnpgNames.SuperuserSecret(Cluster);
        var secret = await Api.FindAsync(new ObjectReference(ResourceTypes.Secrets, Namespace, superuser), ct) is null ? CnpgNames.ApplicationSecret(Cluster) : superuser;
        return (Job(plan, Namespace, Cluster, plan.Decision.Database, secret, $"{Cluster}-restore-job") with
        {
            // Into a database that is in use, all or nothing.
            LoaderJobs = null,
            RestoreJobs = plan.Dump.Format == DumpFormat.Plain ? null : 1,
            SingleTransaction = true,
        }).ToManifest();
    }

    public async Task<JobFailure?> RunAsync(FromDumpPlan plan, string database, StepMeter meter, CancellationToken ct)
    {
        var run = plan.Decision.Run;
        var name = NameOf(run);
        if (!await IsAtWorkAsync(run, ct))
        {
            await EndAsync(run, ct);
            var node = plan.Dump.Place is PodDumps reader ? await reader.NodeAsync(ct) : null;
            var manifest = (Job(plan, Namespace, Cluster, database, name, name) with { ApplicationName = plan.Decision.ApplicationName, Role = Role, Run = run, Node = node }).ToManifest();
            var job = await Api.CreateAsync(ResourceTypes.Jobs, Namespace, manifest, WriteOptions.Default, ct);
            // Its pod waits for the Secret, which goes with it.
            await Api.CreateAsync(ResourceTypes.Secrets, Namespace, Login(name, job), WriteOptions.Default, ct);
        }

        var lines = await FollowAsync(name, VolumeOf(plan), meter, ct);
        return await OutcomeAsync(name, lines, plan.Dump.Path, plan.Decision.InImage, ct);
    }

    /// <summary>
    /// Whether a Job of an earlier process of the run loads, or has loaded all. One whose pod has not begun is made anew: what it waits for, a Secret or a
    /// node, may never be there again. What has failed is loaded anew.
    /// </summary>
    public async Task<bool> IsAtWorkAsync(string run, CancellationToken ct)
    {
        var name = NameOf(run);
        return await Api.FindAsync(new ObjectReference(ResourceTypes.Jobs, Namespace, name), ct) is { } job
            && job.Text("metadata", "deletionTimestamp") is null
            && Condition(job, "Failed") is null
            && (Condition(job, "Complete") is not null || await ListPodsAsync(name, ct).AnyAsync(JobPod.HasBegun, ct));
    }

    /// <inheritdoc cref="JobEnd.RunAsync"/>
    public Task EndAsync(string run, CancellationToken ct) => new JobEnd(Api, Namespace, Clock).RunAsync(run, ct);

    private static string NameOf(string run) => $"cnpg-restore-{run}";

    private static DumpVolume VolumeOf(FromDumpPlan plan) => DumpVolume.TryParse(plan.Decision.Volume!)!;

    private IAsyncEnumerable<JsonObject> ListPodsAsync(string name, CancellationToken ct) => Api.ListAsync(ResourceTypes.Pods, Namespace, new ListSelector(Labels: $"job-name={name}"), ct);

    private static PsqlJob Job(FromDumpPlan plan, string ns, string cluster, string database, string secret, string name) => new()
    {
        Name = name,
        Namespace = ns,
        Image = plan.Decision.Image ?? throw new InvalidOperationException("a dump in the cluster is read with an image"),
        ImagePullPolicy = "IfNotPresent",
        Volume = VolumeOf(plan),
        File = Path.GetRelativePath(ReaderPod.Mount, plan.Dump.Path),
        Decompress = DecompressionFilter.Of(plan.Dump.Compression),
        Host = CnpgNames.ReadWriteService(cluster),
        Database = database,
        Secret = secret,
        SingleTransaction = false,
        LoaderJobs = plan.Decision.InImage ? plan.Decision.Jobs : null,
        Section = plan.Decision.Section,
        RestoreJobs = plan.Dump.Format == DumpFormat.Plain ? null : ArchiveInput.JobsOf(plan.Dump, plan.Decision.Jobs),
    };

    private JsonObject Login(string name, JsonObject job) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = Namespace,
            ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "cnpg-restore" },
            ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = name, ["uid"] = job.Text("metadata", "uid") }),
        },
        ["type"] = "kubernetes.io/basic-auth",
        ["data"] = new JsonObject
        {
            ["username"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(User)), ["password"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Password.Reveal())),
        },
    };

    /// <summary>The last lines; all of them are shown while they come.</summary>
    private async Task<IReadOnlyList<string>> FollowAsync(string name, DumpVolume volume, StepMeter meter, CancellationToken ct)
    {
        meter.Note = $"Job {name}";
        var lines = new Queue<string>();
        if (await new JobPod(Api, Namespace, name, volume, Clock).BegunAsync(ct) is not { } pod)
        {
            return [];
        }

        try
        {
            await foreach (var line in Api.FollowLogsAsync(Namespace, pod, PsqlJob.Container, new LogOptions(), ct))
            {
                meter.Note = line;
                lines.Enqueue(line);
                if (lines.Count > LinesKept)
                {
                    lines.Dequeue();
                }
            }
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.NotFound or ProblemCode.Refused or ProblemCode.Stopped)
        {
            // The pod was deleted while it loaded: its Job tells how that ended.
        }

        return [.. lines];
    }

    private async Task<JobFailure?> OutcomeAsync(string name, IReadOnlyList<string> lines, string path, bool isLoader, CancellationToken ct)
    {
        var job = await Api.WaitForAsync(
            new ObjectReference(ResourceTypes.Jobs, Namespace, name), item => item is null || Condition(item, "Complete") is not null || Condition(item, "Failed") is not null, ct);
        if (job is not null && Condition(job, "Complete") is not null)
        {
            await Api.DeleteAsync(ObjectReference.Of(ResourceTypes.Jobs, job), new DeleteOptions(Uid: null), ct);
            return null;
        }

        var code = Gone;
        await foreach (var pod in ListPodsAsync(name, ct))
        {
            code = pod.Items("status", "containerStatuses").FirstOrDefault().Number("state", "terminated", "exitCode") ?? code;
            // It is listed a moment longer, killed by who deletes it.
            code = code > Signal && pod.Text("metadata", "deletionTimestamp") is not null ? Gone : code;
        }

        var log = $"kubectl logs -n {Namespace} job/{name}";
        var errors = string.Join('\n', lines.SkipWhile(line => !line.Contains("ERROR", StringComparison.Ordinal) && !line.Contains("error:", StringComparison.Ordinal) && !line.Contains("FATAL", StringComparison.Ordinal)));
        var lastLine = lines is [.., var line] ? line : null;
        var said = errors.Length > 0 ? errors : lastLine ?? "it wrote nothing";
        Problem? problem = job is null || Condition(job, "Failed").Text("reason") == "DeadlineExceeded"
            ? new Problem(ProblemCode.Stopped, $"the Job {name} was ended before it had loaded {path}", job is null ? "somebody has deleted it" : "it ran into its deadline", log)
            : code switch
            {
                NoFile => new Problem(ProblemCode.Stopped, lastLine ?? $"Backup file not found: {path}", $"exit code {code} of the Job {name}", log),
                NoProgram or NoProgram + 1 => new Problem(ProblemCode.Stopped, "the image of the Job lacks a program", said, "name one that has bash, psql, pg_restore and the decompressor: --image"),
                // Kubernetes before 1.26 begins a second pod, which finds what the first has left; a later one counts the pod as failed, and none is there.
                PsqlJob.NotEmpty or Gone => new Problem(
                    ProblemCode.Stopped, $"the pod of the Job {name} was ended before it had loaded {path}", $"somebody has deleted it, or its node is gone; its last word: {said}", $"kubectl get events -n {Namespace}"),
                _ when isLoader && Said(lines) is { } own => own,
                > Signal => new Problem(ProblemCode.Stopped, Invariant($"the Job {name} was killed by signal {code - Signal}"), said, log),
                _ => null,
            };
        return new JobFailure(code, said, problem);
    }

    /// <summary>The problem as this program has written it in the pod, which ends with a hint; null where it came to no such end.</summary>
    private static Problem? Said(IReadOnlyList<string> lines)
    {
        var from = lines.ToList().FindLastIndex(line => line.StartsWith(MessageWord, StringComparison.Ordinal));
        if (from < 0)
        {
            return null;
        }

        var rest = lines.Skip(from + 1).ToList();
        var detail = rest.TakeWhile(line => !line.StartsWith(HintWord, StringComparison.Ordinal)).Select(line => line.StartsWith(DetailWord, StringComparison.Ordinal) ? line[DetailWord.Length..] : line).ToList();
        var hint = string.Join('\n', rest.Skip(detail.Count)) is { Length: > 0 } text ? text[HintWord.Length..].Trim() : null;
        return new Problem(ProblemCode.Stopped, lines[from][MessageWord.Length..].Trim(), detail.Count == 0 ? null : string.Join('\n', detail.Select(line => line.Trim())), hint);
    }

    private static JsonNode? Condition(JsonObject job, string type) =>
        job.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type && condition.Text("status") == "True");
}
