using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.FromDump;

/// <summary>The command that compares the live database of a run with its dump, for whoever has to find out how far the run came.</summary>
static class VerifyHint
{
    public static string Of(FromDumpDecision decision)
    {
        var (database, dump) = (CommandText.Quote(decision.Database), CommandText.Quote(DumpOf(decision)));
        return ClusterServer.PlaceOf(decision.To) is var (ns, cluster)
            ? $"cnpg-restore verify {cluster} -n {ns} --database {database} --dump {dump}{VolumeOf(decision)}"
            : $"cnpg-restore verify --to {CommandText.Quote(decision.To)} --database {database} --dump {dump}";
    }

    // On a volume, a path is given as it is within that.
    private static string DumpOf(FromDumpDecision decision) => decision.Volume is null ? decision.Dump : Path.GetRelativePath(ReaderPod.Mount, decision.Dump);

    private static string VolumeOf(FromDumpDecision decision) => decision.Volume is { } text && DumpVolume.TryParse(text) is { } volume ? $" {volume.ToOption()}" : "";
}
