using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Postgres;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>What a line means in this Cluster: the same words may have another cause where the bucket, or the provider, says so.</summary>
static class LogMeaning
{
    private const string Google = "storage.googleapis.com";

    private static readonly string[] Uploads = ["when calling the PutObject operation", "when calling the UploadPart operation", "when calling the CreateMultipartUpload operation"];

    /// <returns>The id of an entry of the catalogue.</returns>
    public static string Of(Examination exam, ContainerLog log, RecoveryFailure failure, string text) => failure.Ailment switch
    {
        var id when id == StoreAilments.SecretKeyWrong.Id && IsOfChecksums(exam, text) => RecoveryAilments.ChecksumsNotUnderstood.Id,
        var id when id == RecoveryAilments.FirstWalMissing.Id && log.Job is not null && ReplayFailure.NoBeginning.Any(words => words.Words == failure.Words) && IsSourceWhole(exam) => ReplayAilments.FirstWalUnreadable.Id,
        var id => id,
    };

    /// <summary>
    /// An upload whose signature is refused while the same key reads: the store signs without the checksums that boto3 1.36 adds. Google's S3 does so
    /// (https://github.com/EnterpriseDB/barman/issues/1112). A newline at the key's end is cut off here and not there.
    /// </summary>
    private static bool IsOfChecksums(Examination exam, string text) =>
        Uploads.Any(upload => text.Contains(upload, StringComparison.Ordinal)) && !exam.Secrets.Any(shape => shape.IsMissing || shape.IsEmpty || shape.EndsInNewline)
        && exam.Manifest?.Destination?.Store is { } store && (store.EndpointUrl?.Contains(Google, StringComparison.Ordinal) == true || (exam.Bucket.IsRead && exam.Bucket.Address == store.Address));

    /// <summary>Every base backup of it that CNPG could have chosen has its WAL.</summary>
    private static bool IsSourceWhole(Examination exam) =>
        exam.Manifest?.Source is { } source && FolderChecks.IsInBucket(exam, source) && exam.Bucket.Find(source.ServerName) is { State.HasBackup: true } folder
        && folder.Findings.All(finding => finding.Severity != Barman.Findings.FindingSeverity.Error);
}
