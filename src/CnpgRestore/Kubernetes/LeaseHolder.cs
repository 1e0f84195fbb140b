using System.Globalization;

namespace CnpgRestore.Kubernetes;

/// <summary>Who holds a lease, as the refused run reads it: <c>20261122t140000z-from-backup-4f2a on laptop (process 4711)</c>.</summary>
/// <param name="Run">The run's id: the same run may take its lease again at once, after a kill.</param>
public sealed record LeaseHolder(string Run, string Machine, int Process)
{
    /// <summary>Whether a holder's identity is this run on this machine, where a lock of the machine keeps two processes apart.</summary>
    public bool IsSameRun(string identity) => identity.StartsWith($"{Run} on {Machine} (", StringComparison.Ordinal);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Run} on {Machine} (process {Process})");
}
