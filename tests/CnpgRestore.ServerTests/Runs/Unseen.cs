using CnpgRestore.Plans;
using CnpgRestore.Runs;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>Nobody looks at the run.</summary>
sealed class Unseen : IRunObserver
{
    public void OnStepStarted(PlanStep step, StepMeter meter)
    {
    }

    public void OnStepFinished(PlanStep step, string outcome)
    {
    }

    public void OnDetail(string text)
    {
    }

    public void OnWarning(string text)
    {
    }
}
