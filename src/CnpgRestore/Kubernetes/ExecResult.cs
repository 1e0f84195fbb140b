namespace CnpgRestore.Kubernetes;

/// <summary>How a command in a container ended.</summary>
/// <param name="Output">What it wrote to stdout, cut at <see cref="Limit"/>.</param>
/// <param name="Error">What it wrote to stderr, cut likewise.</param>
public sealed record ExecResult(int ExitCode, string Output, string Error)
{
    /// <summary>Bytes kept of each stream: 4 MiB, far above what a question to a database answers.</summary>
    public const int Limit = 4 << 20;
}
