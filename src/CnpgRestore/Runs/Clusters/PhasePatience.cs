using CnpgRestore.Kubernetes;

namespace CnpgRestore.Runs.Clusters;

/// <summary>How long a phase is borne in which the operator makes nothing of a Cluster: what it tries again by itself may pass.</summary>
sealed class PhasePatience(TimeProvider clock)
{
    /// <summary>A plugin's new pod is there in one or two minutes, image and all.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private (string Phase, long Since)? _stuck;

    /// <summary>Whether the phase has stayed for too long. To be asked again and again.</summary>
    /// <param name="isAlive">An attempt of the bootstrap is under way, which goes on whatever the phase is.</param>
    public bool IsOver(string phase, bool isAlive)
    {
        if (!ClusterPhase.IsStuck(phase) || isAlive)
        {
            _stuck = null;
            return false;
        }

        _stuck = _stuck is { } stuck && stuck.Phase == phase ? stuck : (phase, clock.GetTimestamp());
        // What waits for a person needs no patience.
        return !ClusterPhase.IsRetried(phase) || clock.GetElapsedTime(_stuck.Value.Since) >= Longest;
    }
}
