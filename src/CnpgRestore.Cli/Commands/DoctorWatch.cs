using CnpgRestore.Cli.Output;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>doctor --watch</c>: the whole verdict first, then what came and what went, until it is interrupted; that is its end, and no failure.</summary>
sealed class DoctorWatch(CliSession session, ExaminationRequest request)
{
    // A person looks again after so long, and an API server does not notice it.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Usually a look takes a second; a person who sees nothing move for so long wants to know why.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <returns>The exit code of the last look.</returns>
    /// <exception cref="OperationCanceledException">Interrupted before there was one.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var before = Verdict.On(await Examiner.ExamineAsync(request, ct));
        DoctorOutput.Write(session, before);
        try
        {
            while (true)
            {
                DoctorOutput.ShowWaiting(session, before);
                await Task.Delay(Interval, session.Clock, ct);
                var now = Verdict.On(await LookAsync(before, ct));
                var change = VerdictChange.Between(before, now);
                if (change.IsAny)
                {
                    DoctorOutput.WriteChange(session, now, change);
                }

                before = change.After;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            DoctorOutput.EndWaiting(session);
            return before.ExitCode;
        }
    }

    /// <summary>A server that hangs is told while it does: its answer, or that it gives none, may take minutes.</summary>
    private async Task<Examination> LookAsync(Verdict before, CancellationToken ct)
    {
        var look = Examiner.ExamineAsync(request, ct);
        while (await Task.WhenAny(look, Task.Delay(Patience, session.Clock, ct)) != look && !ct.IsCancellationRequested)
        {
            DoctorOutput.ShowHanging(session, before);
        }

        // Whoever interrupts does not wait for the answer either.
        return await look.WaitAsync(ct);
    }
}
