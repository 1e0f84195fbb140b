using System.Text.RegularExpressions;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Whether the bucket can be opened with what the Cluster names.</summary>
static partial class AccessChecks
{
    // What a key needs for a call of S3 that was refused.
    private static readonly Dictionary<string, string> Permissions = new(StringComparer.Ordinal)
    {
        ["ListObjectsV2"] = "s3:ListBucket", ["ListObjects"] = "s3:ListBucket", ["HeadBucket"] = "s3:ListBucket", ["GetObject"] = "s3:GetObject", ["HeadObject"] = "s3:GetObject",
        ["PutObject"] = "s3:PutObject", ["CreateMultipartUpload"] = "s3:PutObject", ["UploadPart"] = "s3:PutObject", ["CompleteMultipartUpload"] = "s3:PutObject",
        ["DeleteObject"] = "s3:DeleteObject", ["DeleteObjects"] = "s3:DeleteObject",
    };

    /// <summary>The permission that a line of boto3 asks for: <c>An error occurred (AccessDenied) when calling the PutObject operation</c>; null where it says none.</summary>
    public static string? PermissionIn(string line) =>
        Operation().Match(line) is { Success: true } match ? Permissions.GetValueOrDefault(match.Groups["name"].Value, $"the action {match.Groups["name"].Value}") : null;

    public static IEnumerable<Finding> Secrets(Examination exam)
    {
        foreach (var lost in exam.Secrets.Where(shape => shape.IsMissing).GroupBy(shape => shape.Secret))
        {
            yield return Missing(exam, lost.Key, [.. lost]);
        }

        foreach (var shape in exam.Secrets.Where(shape => !shape.IsMissing))
        {
            var place = PlaceOf(exam, shape.Secret);
            (string, string)[] names = [("secret", shape.Secret), ("key", shape.Key)];
            if (shape.IsEmpty)
            {
                yield return exam.Found(StoreAilments.SecretEmpty, $"key {shape.Key} of {place} is empty", [new Evidence(place, $"{shape.Key}: 0 bytes")], names);
            }
            else if (shape.EndsInNewline)
            {
                yield return exam.Found(StoreAilments.SecretNewline, $"key {shape.Key} of {place} ends in a newline", [new Evidence(place, $"{shape.Key} ends in \\n")], names);
            }
        }
    }

    /// <summary>One command makes the whole Secret, or adds to it all that it lacks.</summary>
    private static Finding Missing(Examination exam, string secret, IReadOnlyList<SecretShape> shapes)
    {
        var place = PlaceOf(exam, secret);
        var keys = shapes.Select(shape => shape.Key).Distinct().ToList();
        var fields = string.Join(" and ", shapes.Select(shape => shape.Field));
        if (shapes[0].Keys is not { } present)
        {
            return exam.Found(
                StoreAilments.SecretMissing, $"{place}, which {fields} {(shapes.Count == 1 ? "names" : "name")}, does not exist", [new Evidence(place, "not found")],
                ("secret", secret), ("key", string.Join("=VALUE --from-literal=", keys)));
        }

        var values = string.Join(',', keys.Select(key => $"\"{key}\":\"VALUE\""));
        return exam.Found(
            StoreAilments.SecretMissing, $"{place} has no key {string.Join(" and ", keys)}, which {fields} {(shapes.Count == 1 ? "names" : "name")}",
            [new Evidence(place, $"it has {(present.Count == 0 ? "none" : string.Join(", ", present))}")])
            with { Command = $"kubectl patch secret {secret} -n {exam.Namespace} --type merge -p '{{\"stringData\":{{{values}}}}}'" };
    }

    private static string PlaceOf(Examination exam, string secret) => $"secret {secret} in namespace {exam.Namespace}";

    /// <summary>What the store answered to this program; a Secret that is missing is told by itself.</summary>
    public static IEnumerable<Finding> Bucket(Examination exam)
    {
        if (exam.Bucket.Problem is not { } problem || exam.Secrets.Any(shape => shape.IsMissing || shape.IsEmpty) || IsObjectStoreMissing(exam))
        {
            yield break;
        }

        var evidence = new Evidence(exam.Bucket.Address ?? "the bucket", problem.Detail is null ? problem.Message : $"{problem.Message}: {problem.Detail}");
        var secret = exam.Secrets.FirstOrDefault(shape => shape.Field is "accessKeyId" or "secretAccessKey")?.Secret ?? "NAME";
        yield return exam.Found(AilmentOf(problem), problem.Message, [evidence], ("secret", secret), ("folder", exam.Manifest?.Destination?.ServerName ?? "NAME"));
    }

    public static IEnumerable<Finding> ObjectStore(Examination exam)
    {
        if (IsObjectStoreMissing(exam))
        {
            var name = exam.Manifest!.Destination!.ObjectStoreName;
            yield return exam.Found(
                StoreAilments.ObjectStoreMissing, $"ObjectStore {name} does not exist in namespace {exam.Namespace}",
                [new Evidence($"cluster {exam.Cluster}, spec.plugins", $"barmanObjectName: {name}")]);
        }
    }

    private static bool IsObjectStoreMissing(Examination exam) => exam is { HasKubernetes: true, Live: not null, Manifest.Destination: { IsPlugin: true, Store: null } };

    private static Ailment AilmentOf(Problem problem)
    {
        // S3's own word stands in front of the detail; boto3 writes the same word in brackets.
        var code = problem.Detail?.Split(':')[0] ?? "";
        return RecoveryFailure.Find($"({code})") is { } known ? Ailments.Of(known.Ailment) : problem switch
        {
            { Code: ProblemCode.Unreachable } when problem.Message.Contains("certificate", StringComparison.Ordinal) => StoreAilments.EndpointCertificate,
            { Code: ProblemCode.Unreachable } when problem.Message.Contains("cannot be reached", StringComparison.Ordinal) => StoreAilments.EndpointUnreachable,
            { Code: ProblemCode.AccessDenied } when problem.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) => StoreAilments.CredentialsMissing,
            { Code: ProblemCode.AccessDenied } => StoreAilments.PermissionMissing,
            _ => StoreAilments.StoreUnreadable,
        };
    }

    [GeneratedRegex(@"when calling the (?<name>\w+) operation", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Operation();
}
