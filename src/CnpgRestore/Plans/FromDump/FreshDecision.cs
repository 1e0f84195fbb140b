using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.FromDump;

/// <summary>A Cluster that is deleted, made new and empty, and filled from a dump. Fields may be added, never renamed.</summary>
public sealed record FreshDecision : ClusterDecision
{
    /// <summary>The load, but for the system identifier, which the new Cluster gets only when it is made.</summary>
    public required FromDumpDecision Dump { get; init; }

    /// <summary>The applications are stopped first and started last.</summary>
    public bool StopsApps { get; init; }

    /// <summary>False where the Cluster takes no backups, or its bucket could not be reached.</summary>
    public bool TakesFirstBackup { get; init; }

    /// <summary>The manifests say already what is decided: GitOps finds what runs.</summary>
    public bool IsInManifest { get; init; }

    public override BootstrapMethod Bootstrap => BootstrapMethod.Initdb;

    public override string Job => CnpgNames.InitdbJob(Cluster);

    public override string Word => "bootstrap";

    public override string Origin => Archive.Length == 0 ? "new and empty (initdb), takes no backups" : $"new and empty (initdb), archives to {Archive}/";

    public override string Remains => $"the dump {Dump.Dump} is what is left";

    public override string Command => "from-dump";

    public override string CommitMessage =>
        $"""
        Make {Namespace}/{Cluster} new from a dump

        initdb, then {Path.GetFileName(Dump.Dump)} is loaded into {Dump.Database}.{(Archive.Length == 0 ? "" : $" Archives to {Archive} from now on.")}
        """;

    public override ManifestEdit Edit(ManifestSet set) => set.ToInitdb(Cluster, new InitdbRequest
    {
        ArchiveName = Archive.Length == 0 ? null : Archive,
        Application = Application,
        Command = $"cnpg-restore from-dump {Cluster} -n {Namespace} --strategy fresh --local PATH",
    });

    public override bool IsSaidBy(ClusterManifest found) => found.Methods is [BootstrapMethod.Initdb] && (found.Destination?.ServerName ?? "") == Archive;

    /// <summary>The option by which a request names something else than the run decided; null where the same command goes on.</summary>
    public string? DifferenceTo(FromDumpRequest request, FreshRequest fresh)
    {
        (string Name, string? Asked, string? Decided)[] choices =
        [
            ("--dump", request.Dump, Dump.Dump),
            ("--nfs, --pvc or --host-path", request.Volume ?? "", Dump.Volume ?? ""),
            ("--database", request.Database, Dump.Database),
            ("--lineage", fresh.Lineage?.ToString(), Lineage == Lineage.Keep ? fresh.Lineage?.ToString() : Lineage.ToString()),
            ("--archive-name", fresh.ArchiveName, Archive),
            ("--apply", fresh.Apply.ToString(), Apply.ToString()),
            ("--owner", Application is null ? null : fresh.Owner, Application?.Owner),
            (PushOption, fresh.Push ? "yes" : "no", Push ? "yes" : "no"),
            ("--keep-apps", request.StopApps ? "no" : "yes", StopsApps ? "no" : "yes"),
        ];
        return choices.FirstOrDefault(choice => choice.Asked is not null && choice.Asked != choice.Decided).Name;
    }
}
