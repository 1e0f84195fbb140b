namespace CnpgRestore.LocalRestore;

/// <summary>Tells a full disk from every other way a write can end; .NET keeps the operating system's error number in <see cref="Exception.HResult"/>.</summary>
static class DiskFull
{
    private const int NoSpaceLeftOnDevice = 28;
    private const int QuotaExceeded = 122;

    public static bool Is(IOException exception) => exception.HResult is NoSpaceLeftOnDevice or QuotaExceeded;

    public static RestoreException Problem(string directory, Exception cause) => new(
        ProblemCode.Stopped,
        $"no space left on the disk of {directory}",
        cause.Message,
        "add --to DIR, with a DIR on a disk that holds the whole cluster and its tablespaces",
        cause);
}
