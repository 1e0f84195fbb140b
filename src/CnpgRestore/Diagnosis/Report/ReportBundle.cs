using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Yaml;

namespace CnpgRestore.Diagnosis.Report;

/// <summary>Everything that was read, without secrets, as one file for an issue tracker. Objects of the kind Secret are never in it.</summary>
public static class ReportBundle
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="findings">As <c>doctor -o json</c> prints them.</param>
    /// <exception cref="RestoreException">The file cannot be written.</exception>
    public static async Task WriteAsync(string path, Verdict verdict, string findings, Redaction redaction, CancellationToken ct)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            await using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            await using (var packed = new GZipStream(file, CompressionLevel.Optimal))
            await using (var tar = new TarWriter(packed))
            {
                foreach (var (name, text) in Files(verdict.Examination, findings))
                {
                    using var content = new MemoryStream(Encoding.UTF8.GetBytes(redaction.Apply(text)));
                    var entry = new PaxTarEntry(TarEntryType.RegularFile, $"doctor/{name}") { DataStream = content, ModificationTime = verdict.Examination.Time };
                    await tar.WriteEntryAsync(entry, ct);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw new RestoreException(ProblemCode.AccessDenied, $"{path} cannot be written", e.Message, "name a file in a folder of yours", e);
        }
    }

    private static IEnumerable<(string Name, string Text)> Files(Examination exam, string findings)
    {
        yield return ("findings.json", findings + "\n");
        yield return ("notes.txt", string.Join('\n', exam.Notes.Append("")));
        yield return ("events.txt", string.Join('\n', exam.Events.OrderBy(told => told.LastSeen).Select(Line).Append("")));
        yield return ("bucket.txt", string.Join('\n', Bucket(exam).Append("")));
        yield return ("secrets.txt", string.Join('\n', exam.Secrets.Select(shape => $"{shape.Field}: secret {shape.Secret}, key {shape.Key}, {(shape.IsMissing ? "missing" : shape.IsEmpty ? "empty" : shape.EndsInNewline ? "ends in a newline" : "there")}").Append("")));
        (string Kind, IEnumerable<JsonObject> Items)[] kinds =
        [
            ("cluster", exam.Live is null ? [] : [exam.Live]), ("pod", exam.Pods), ("job", exam.Jobs), ("persistentvolumeclaim", exam.Claims), ("backup", exam.Backups),
            ("scheduledbackup", exam.ScheduledBackups), ("objectstore", exam.ObjectStores),
        ];
        foreach (var (kind, items) in kinds)
        {
            foreach (var item in items)
            {
                yield return ($"objects/{kind}-{Owned.Name(item)}.yaml", Yaml(Redaction.Bare(item)));
            }
        }

        foreach (var log in exam.Logs)
        {
            yield return ($"logs/{log.Pod}/{log.Container.Replace(' ', '-')}.log", string.Join('\n', log.Lines.Append("")));
        }
    }

    private static IEnumerable<string> Bucket(Examination exam)
    {
        yield return $"{exam.Bucket.Address ?? "none"} {exam.Bucket.Problem?.Message}";
        yield return $"server folders: {string.Join(", ", exam.Bucket.Names)}";
        foreach (var folder in exam.Bucket.Folders)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{folder.Name}/ {folder.Size}, {folder.State.Archive.SegmentCount} WAL segments, timelines {string.Join(' ', folder.State.Archive.Timelines)}");
            foreach (var backup in folder.State.Catalog.Backups)
            {
                yield return $"  {backup.Id} {backup.State} {backup.Size} {backup.Why}";
            }

            foreach (var finding in folder.Findings)
            {
                yield return $"  {finding.Severity}: {finding.Text}; {finding.Evidence}";
            }
        }
    }

    private static string Line(ClusterEvent told) => $"{told.LastSeen?.ToUniversalTime():u} {(told.IsWarning ? "Warning" : "Normal")} {told.About} {told.Reason}: {told.Message}";

    private static string Yaml(JsonObject item)
    {
        using var document = JsonDocument.Parse(item.ToJsonString());
        return YamlWriter.From(document.RootElement);
    }
}
