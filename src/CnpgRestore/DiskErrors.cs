namespace CnpgRestore;

/// <summary>What a disk of this machine refuses. .NET keeps Linux's number of the error (errno(3)) in <see cref="Exception.HResult"/>.</summary>
public static class DiskErrors
{
    private const int NoSpaceLeftOnDevice = 28;
    private const int QuotaExceeded = 122;
    private const int ReadOnlyFileSystem = 30;
    private const int InputOutputError = 5;

    public static bool IsFull(Exception e) => e is IOException { HResult: NoSpaceLeftOnDevice or QuotaExceeded };

    /// <summary>Null where the exception is of another kind.</summary>
    public static Problem? Find(Exception e) => e switch
    {
        IOException when IsFull(e) =>
            new Problem(ProblemCode.Stopped, e.Message, "a full disk", "make room there, then run the same command again; it continues where it stopped"),
        IOException { HResult: ReadOnlyFileSystem or InputOutputError } =>
            new Problem(ProblemCode.Stopped, e.Message, "the disk has failed, or is mounted for reading alone", "see dmesg and mount; then run the same command again, it continues where it stopped"),
        UnauthorizedAccessException =>
            new Problem(ProblemCode.AccessDenied, $"Permission denied: {e.Message.TrimEnd('.')}", null, "run it as a user who may read and write there"),
        _ => null,
    };
}
