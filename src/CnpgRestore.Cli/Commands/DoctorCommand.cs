using System.CommandLine;
using System.Text.Json;
using CnpgRestore.Cli.Output;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Diagnosis.Report;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>doctor CLUSTER</c>: what is wrong, the evidence, and the command that fixes it.</summary>
static class DoctorCommand
{
    public static Command Create(TimeProvider clock)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the Cluster, for example postgres-v17; it may be gone." };
        var files = new Option<string[]>("--file", "-f") { Description = "Manifest of the Cluster, as Git has it; with it, what is left of a Cluster that is gone is judged, too.", HelpName = "FILE" };
        var server = Arg.ServerFolder("--server", "Server folder in the bucket, where nothing else names one. Default: the Cluster's name.");
        var dumps = new Option<string?>("--dumps") { Description = "Folder of SQL dumps, or one dump, to judge as well.", HelpName = "PATH" };
        var watch = new Option<bool>("--watch") { Description = "Look again every few seconds and show what has changed, until interrupted." };
        var report = Arg.Report("Write all that was read, without secrets, for an issue tracker.", "FILE.tar.gz");
        var store = new StoreOptions();
        var kubernetes = new KubernetesOptions();
        var command = new Command("doctor", """
            Examine a Cluster and everything around it: what is wrong, the evidence, and the command that fixes it.

            Reads status, events, Jobs, logs of all containers, volumes, the shape of Secrets, GitOps owners, the bucket and the dumps. Nothing is changed, and
            no value of a Secret is shown. What cannot be read is reported and does not stop the rest. docs/troubleshooting.md explains each finding.

            Exit codes: 0 healthy (notes allowed), 3 warnings, 4 broken, 13 the Cluster could not be looked at. A watch ends with Ctrl-C, and with the code of its last look.

            Examples:
              # What is wrong, and what fixes it
              cnpg-restore doctor postgres-v17 -n db
              # Again every few seconds, showing what has changed
              cnpg-restore doctor postgres-v17 -n db --watch
              # What was read, without secrets, for an issue tracker
              cnpg-restore doctor postgres-v17 -n db --report doctor.tar.gz
            """) { cluster, files, server, dumps, watch, report };
        store.AddTo(command);
        kubernetes.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var name = parse.GetRequiredValue(cluster);
            var set = parse.GetValue(files) is { Length: > 0 } paths ? ManifestFiles.Read(paths) : null;
            var written = set?.Read(name);
            var (api, problem) = Connect(kubernetes, parse, clock);
            using (api)
            {
                var request = new ExaminationRequest(name, api?.Namespace ?? kubernetes.Namespace(parse) ?? written?.Namespace ?? "default", api, clock)
                {
                    File = set?.ReadJson(name),
                    Written = written,
                    Bucket = store.Named(parse, clock),
                    Route = store.Route(parse),
                    OpenStore = section => store.Open(parse, clock, section),
                    Server = parse.GetValue(server),
                    Dumps = parse.GetValue(dumps),
                    Notes = problem is null ? [] : [$"Kubernetes was not asked: {problem.Message}"],
                };
                return parse.GetValue(watch) ? await new DoctorWatch(session, request).RunAsync(ct) : await RunAsync(session, request, parse.GetValue(report), ct);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, ExaminationRequest request, string? report, CancellationToken ct)
    {
        var verdict = Verdict.On(await Examiner.ExamineAsync(request, ct));
        DoctorOutput.Write(session, verdict);
        if (report is not null)
        {
            var findings = JsonSerializer.Serialize(DoctorDocument.From(verdict), CliJson.Readable.DoctorDocument);
            await ReportBundle.WriteAsync(report, verdict, findings, await Redaction.ReadAsync(request.Api, request.Namespace, ct), ct);
            session.Progress.Line($"{report} holds what was read, without secrets; look through it before you send it");
        }

        return verdict.ExitCode;
    }

    /// <summary>Without a usable kubeconfig the bucket and the dumps are still judged.</summary>
    private static (KubernetesApi? Api, Problem? Problem) Connect(KubernetesOptions kubernetes, ParseResult parse, TimeProvider clock)
    {
        try
        {
            return (kubernetes.Connect(parse, clock), null);
        }
        catch (RestoreException e)
        {
            return (null, e.Problem);
        }
    }
}
