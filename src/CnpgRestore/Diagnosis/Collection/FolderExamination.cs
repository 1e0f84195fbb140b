using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>A server folder of the bucket, read whole.</summary>
public sealed record FolderExamination(FolderState State, IReadOnlyList<Barman.Findings.Finding> Findings)
{
    public string Name => State.Name;

    public ByteSize Size => new(State.Archive.Size.Bytes + State.Catalog.Backups.Sum(backup => backup.Size.Bytes));

    /// <summary>Of the newest base backup that says it.</summary>
    public string? SystemIdentifier => State.Catalog.Backups.LastOrDefault(backup => backup.Info?.SystemId is not null)?.Info?.SystemId?.ToString();
}
