using CnpgRestore.Plans;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints how a run was taken back or made final.</summary>
static class EndOutput
{
    public static void Write(CliSession session, string run, Plan plan, string result, TimeSpan took)
    {
        if (session.Format != OutputFormat.Text)
        {
            var summary = new EndSummary("summary", run, plan.Command, plan.Subject, plan.Steps.Count > 0, result, Math.Round(took.TotalSeconds, 1));
            DocumentOutput.Write(session, summary, CliJson.Readable.EndSummary);
            return;
        }

        session.Result.Line(result);
    }
}
