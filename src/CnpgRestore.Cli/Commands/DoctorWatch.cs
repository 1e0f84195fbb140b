using CnpgRestore.Cli.Output;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>doctor --watch</c>: the whole verdict first, then what came and what went, until it is interrupted; that is its end, and no failure.</summary>
sealed class DoctorWatch(CliSession session, ExaminationRequest request)
{
    // A person looks again after so long, and an API server does not notice it.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

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
                var now = Verdict.On(await Examiner.ExamineAsync(request, ct));
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
}
