namespace CnpgRestore.LocalRestore;

/// <summary>The disk that a base backup is unpacked on is full.</summary>
static class DiskFull
{
    public static RestoreException Problem(string directory, Exception cause) => new(
        ProblemCode.Stopped,
        $"no space left on the disk of {directory}",
        cause.Message,
        "add --to DIR, with a DIR on a disk that holds the whole cluster and its tablespaces",
        cause);
}
