namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>Why a workload is taken for one that uses the database.</summary>
/// <param name="Kind"><c>session</c>, <c>reference</c>, <c>added</c>, <c>stopped</c> or <c>pooler</c>.</param>
/// <param name="Text">One clause. It never holds a value of a Secret.</param>
public sealed record AppReason(string Kind, string Text)
{
    public const string Session = "session";
    public const string Reference = "reference";
    public const string Added = "added";
    public const string Stopped = "stopped";
    public const string Pooler = "pooler";
}
