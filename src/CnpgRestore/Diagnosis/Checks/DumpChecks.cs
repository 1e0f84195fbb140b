using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>A Job that loads a dump into the Cluster, by whomever it was written, and the folder of dumps.</summary>
static class DumpChecks
{
    private const int LinesShown = 3;

    public static IEnumerable<Finding> Jobs(Examination exam)
    {
        foreach (var load in LoadingJob.Of(exam))
        {
            var (job, pod) = (load.Name, load.Pod);
            var said = exam.Logs.Where(log => log.Pod == Owned.Name(pod)).SelectMany(log => log.Lines.Select(line => (log.Place, Line: line, Failure: LoadJobFailure.Find(line))))
                .Where(said => said.Failure is not null && !(load.IsComplete && IsOvercome(said.Failure.Ailment, said.Line)))
                .GroupBy(said => said.Failure!.Ailment).ToList();
            foreach (var group in said.Where(group => group.Key != DumpAilments.LoadErrors.Id || said.Count == 1))
            {
                var ailment = Ailments.Of(group.Key);
                var found = exam.Found(
                    ailment, $"job {job}: {ailment.Title}", [.. group.Take(LinesShown).Select(line => new Evidence(line.Place, line.Line)), new Evidence($"job {job}", Ending(exam, job, group.Count()))], ("pod", Owned.Name(pod)), ("job", job), ("path", exam.Dumps is { } dumps ? CommandText.Quote(dumps.Path) : "PATH"));
                yield return load.ReadsDump || ailment.Command != DumpAilments.Load ? found : found with { Command = $"kubectl logs -n {exam.Namespace} job/{job}" };
            }
        }
    }

    /// <summary>A Job that is Complete has reached PostgreSQL and its file in the end: it waited for them. An error of SQL psql only passes over.</summary>
    private static bool IsOvercome(string ailment, string line) =>
        ailment == DumpAilments.ConnectionRefused.Id || ailment == DumpAilments.PasswordRefused.Id || ailment == DumpAilments.FileNotFound.Id
        || (ailment == DumpAilments.PermissionDenied.Id && !line.Contains("ERROR:", StringComparison.Ordinal));

    public static IEnumerable<Finding> Mounts(Examination exam)
    {
        foreach (var load in LoadingJob.Of(exam).Where(load => load.Pod.Text("status", "phase") == "Pending" && load.Pod.Items("spec", "volumes").Any(volume => volume.At("nfs") is not null)))
        {
            var (job, pod) = (load.Name, load.Pod);
            var told = exam.Events.Where(told => told.Reason == "FailedMount" && told.About == $"Pod {Owned.Name(pod)}").ToList();
            if (told.Count > 0)
            {
                var export = pod.Items("spec", "volumes").First(volume => volume.At("nfs") is not null).At("nfs");
                yield return exam.Found(
                    DumpAilments.NfsMountFailed, $"NFS mount failed: pod {Owned.Name(pod)} of job {job} waits for {export.Text("server")}:{export.Text("path")}",
                    told.TakeLast(2).Select(one => new Evidence(one.About, $"{one.Reason}: {string.Join(' ', one.Message.Split('\n', StringSplitOptions.TrimEntries))}")), ("pod", Owned.Name(pod)));
            }
        }
    }

    public static IEnumerable<Finding> Folder(Examination exam)
    {
        if (exam.Dumps is not { } dumps)
        {
            yield break;
        }

        if (dumps.Problem is { } problem)
        {
            var ailment = problem.Code == ProblemCode.NotFound ? DumpAilments.FileNotFound : DumpAilments.DumpsUnreadable;
            yield return exam.Found(ailment, problem.Message, [new Evidence(dumps.Path, problem.Detail ?? problem.Message)], ("path", CommandText.Quote(dumps.Path)));
        }
        // What another program wrote there says nothing about the backups of this one.
        else if (dumps.Folder!.Dumps.FirstOrDefault(dump => dump.Inspection is not { IsForeign: true }) is { Inspection: { } newest } dump && newest.State is not (DumpState.Complete or DumpState.HeadOnly))
        {
            yield return exam.Found(
                AilmentOf(newest.State), $"{dump.Names[0]} is {newest.State.ToString().ToLowerInvariant()}: {newest.Reason}",
                [new Evidence(Path.Combine(dumps.Path, dump.Names[0]), $"{dump.File.Size}, {newest.Reason}"),
                 new Evidence(dumps.Path, dumps.Latest is { } latest ? $"latest complete dump: {latest.Names[0]}" : "no dump is complete")],
                ("path", CommandText.Quote(dumps.Path)));
        }
    }

    private static Ailment AilmentOf(DumpState state) => state switch
    {
        DumpState.Empty => DumpAilments.DumpEmpty,
        DumpState.Unreadable => DumpAilments.DumpsUnreadable,
        _ => DumpAilments.DumpTruncated,
    };

    private static string Ending(Examination exam, string job, int lines)
    {
        var item = exam.Jobs.FirstOrDefault(item => Owned.Name(item) == job);
        var end = item is null ? "gone" : item.HasCondition("Complete") ? "Complete, as if nothing had happened" : item.HasCondition("Failed") ? "Failed" : "not finished";
        return $"{lines} such lines in its last attempt; the Job is {end}";
    }
}
