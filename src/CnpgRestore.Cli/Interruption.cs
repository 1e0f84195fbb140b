using System.Runtime.InteropServices;

namespace CnpgRestore.Cli;

/// <summary>
/// SIGINT and SIGTERM as one token. The first signal asks every step to come to a resumable stop; a second SIGINT ends the process at once,
/// which the journal survives as it survives a power cut.
/// </summary>
sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private PosixSignal _signal = PosixSignal.SIGINT;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => _source.Token;

    public Problem Problem => _signal == PosixSignal.SIGTERM
        ? new Problem(ProblemCode.Terminated, "ended by SIGTERM", Hint: "run the same command again; it continues where it stopped")
        : new Problem(ProblemCode.Interrupted, "interrupted", Hint: "run the same command again; it continues where it stopped");

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // A second signal takes the default way out.
        context.Cancel = !_source.IsCancellationRequested;
        _signal = context.Signal;
        // Elsewhere: what the cancellation sets going, the end of the program among it, must not run on the thread that takes the signals.
        _ = _source.CancelAsync();
    }
}
