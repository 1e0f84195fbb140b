using CnpgRestore.Barman;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Postgres;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints whether a target can be reached; a refusal's own words go to stderr as every problem does.</summary>
static class BackupsCheckOutput
{
    public static void Write(CliSession session, ServerFolder folder, RecoveryTarget target, Reachability answer)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, BackupsCheckDocument.From(folder, target, answer), CliJson.Readable.BackupsCheckDocument);
            return;
        }

        var (verdict, why, path) = answer switch
        {
            Reachability.Reachable yes => ("reachable", yes.Proof, yes.Path),
            Reachability.Unproven open => ("not proven", open.Why, open.Path),
            Reachability.Unreachable no => ("not reachable", null, no.Path),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        session.Result.Line($"{folder.Name}, {target}: {verdict}");
        if (why is not null)
        {
            session.Result.Line($"  because      {why}");
        }

        if (path is not null)
        {
            WritePath(session, path);
        }
    }

    private static void WritePath(CliSession session, RecoveryPath path)
    {
        session.Result.Line($"  base backup  {path.Backup.Id}, finished {BackupsListOutput.Time(path.Extent.EndTime)}");
        foreach (var leg in path.Legs)
        {
            session.Result.Line($"  timeline {leg.Timeline,-3} {leg.First} to {leg.Last}{(leg.SwitchLsn is { } lsn ? $", left at {lsn}" : "")}");
        }

        session.Result.Line($"  WAL          {path.SegmentCount} {(path.SegmentCount == 1 ? "segment" : "segments")}");
    }
}
