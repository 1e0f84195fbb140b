using CnpgRestore.Plans;

namespace CnpgRestore.Runs;

/// <summary>
/// Runs the steps of a plan one after the other and writes the journal around each. A step that throws ends the run: nothing is logged and
/// gone on with. Steps ask the world what is already done, so going on means running them all again.
/// </summary>
public sealed class Run(Journal journal, IRunObserver observer)
{
    public IRunObserver Observer { get; } = observer;

    /// <param name="work">Does the step, or the rest of it, and tells what was achieved.</param>
    public async Task StepAsync(PlanStep step, Func<StepMeter, CancellationToken, Task<string>> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var meter = new StepMeter();
        journal.Append(JournalEntry.StepStarted, entry => entry with { Step = step.Id });
        Observer.OnStepStarted(step, meter);
        try
        {
            var outcome = await work(meter, ct);
            journal.Append(JournalEntry.StepFinished, entry => entry with { Step = step.Id, Text = outcome });
            Observer.OnStepFinished(step, outcome);
        }
        catch (Exception e)
        {
            try
            {
                journal.Append(JournalEntry.RunStopped, entry => entry with { Step = step.Id, Text = e.Message });
            }
            catch (IOException)
            {
                // Why the step ended matters more; a full disk may be the reason itself.
            }

            throw;
        }
    }

    public void Finish() => journal.Append(JournalEntry.RunFinished);
}
