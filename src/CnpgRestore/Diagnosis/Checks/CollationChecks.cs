using System.Text.RegularExpressions;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Databases whose text is sorted by another library now. PostgreSQL says it at each connection, also in a Cluster that is well otherwise.</summary>
static partial class CollationChecks
{
    public static IEnumerable<Finding> Look(Examination exam)
    {
        if (exam.State?.CurrentPrimary is not { } primary)
        {
            yield break;
        }

        var said = exam.Logs.Where(log => log.Job is null && log.Pod == primary).SelectMany(log => log.Lines.Select(line => (log.Place, LogRecord.Parse(line).Text)))
            .Select(line => (line.Place, line.Text, Match: Mismatch().Match(line.Text))).Where(line => line.Match.Success);
        foreach (var database in said.GroupBy(line => line.Match.Groups["name"].Value))
        {
            yield return exam.Found(
                InstanceAilments.CollationMismatch, $"database {database.Key} was written with another version of its collation", [new Evidence(database.Last().Place, database.Last().Text)],
                ("pod", primary), ("database", database.Key));
        }
    }

    // Names that a command can hold as they are; others are a person's to quote.
    [GeneratedRegex("database \"(?<name>[A-Za-z0-9_-]+)\" has a collation version mismatch", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mismatch();
}
