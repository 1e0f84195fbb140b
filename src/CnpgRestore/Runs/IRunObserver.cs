using CnpgRestore.Plans;

namespace CnpgRestore.Runs;

/// <summary>Shows a run while it runs: on a terminal, as plain lines, or as JSON lines. Calls come from many threads.</summary>
public interface IRunObserver
{
    void OnStepStarted(PlanStep step, StepMeter meter);

    /// <param name="outcome">What was achieved, with numbers.</param>
    void OnStepFinished(PlanStep step, string outcome);

    /// <summary>One object or statement; shown with <c>--verbose</c>.</summary>
    void OnDetail(string text);

    void OnWarning(string text);
}
