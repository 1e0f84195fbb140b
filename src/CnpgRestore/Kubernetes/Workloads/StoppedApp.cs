using System.Globalization;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>An object that a run has stopped, and what it has to become again.</summary>
/// <param name="Minimum">Of the HorizontalPodAutoscaler that scales it; 0 where there is none.</param>
public sealed record StoppedApp(ObjectReference Reference, StopMethod Method, StopRecord Record, int Minimum)
{
    /// <exception cref="RestoreException">Exit 15: the record does not say what was there before.</exception>
    internal static StoppedApp Read(ObjectReference reference, StopMethod method, StopRecord record, int minimum)
    {
        if (method != StopMethod.Scale)
        {
            NotedValue.Parse(reference, StopRecord.BeforeAnnotation, record.Before);
        }
        else if (!int.TryParse(record.Before, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw NotedValue.Damaged(reference, StopRecord.BeforeAnnotation, record.Before, "no number of replicas");
        }

        return new StoppedApp(reference, method, record, minimum);
    }

    /// <summary>The number of replicas that it had, or more where an autoscaler demands it; null where it has no number.</summary>
    public int? Replicas => Method == StopMethod.Scale ? Math.Max(int.Parse(Record.Before, CultureInfo.InvariantCulture), Minimum) : null;

    public AppName Name => AppName.Of(Reference);
}
