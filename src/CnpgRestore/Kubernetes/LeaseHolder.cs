using System.Globalization;
using System.Text.RegularExpressions;

namespace CnpgRestore.Kubernetes;

/// <summary>Who holds a lease, as the refused run reads it: <c>20261122t140000z-from-backup-4f2a on laptop (process 4711)</c>.</summary>
public sealed partial record LeaseHolder(string Run, string Machine, int Process)
{
    /// <summary>
    /// Whether a holder's identity is a process of this machine that has ended, so that its lease may be taken at once. Of another machine only the
    /// lease's own time can tell.
    /// </summary>
    public bool KnowsAsEnded(string identity) =>
        Identity().Match(identity) is { Success: true } match && match.Groups["machine"].Value == Machine &&
        int.TryParse(match.Groups["process"].ValueSpan, CultureInfo.InvariantCulture, out var process) && process != Process && !IsRunning(process);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Run} on {Machine} (process {Process})");

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\S+ on (?<machine>.+) \(process (?<process>\d+)\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Identity();
}
