namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>What an object store answers besides "no": another identity, another region, an object that is not at hand.</summary>
static class StoreAnswerAilments
{
    public static Ailment RoleNotAssumed { get; } = new(
        "role-not-assumed", Severity.Broken, Stage.Access, "Access denied: the pods may not take their IAM role (AssumeRoleWithWebIdentity)",
        "The pods have no key (inheritFromIAMRole): they take an IAM role as their service account. The role's trust policy names another service account, which is called like the Cluster, or another "
        + "namespace, as after a recovery under a new name; or the account does not know this Kubernetes (InvalidIdentityToken). Where the service account names no role at all, boto3 finds no credentials.",
        "Allow system:serviceaccount:NAMESPACE:CLUSTER in the role's trust policy, and see that the service account names the role (spec.serviceAccountTemplate).",
        "kubectl get serviceaccount {cluster} -n {namespace} -o yaml")
    {
        Words = ["InvalidIdentityToken"],
    };

    public static Ailment RegionWrong { get; } = new(
        "region-wrong", Severity.Broken, Stage.Access, "The request is signed for another region (AuthorizationHeaderMalformed, 400 Bad Request at HeadBucket)",
        "Without a region boto3 signs for us-east-1, and Garage, Scaleway and others accept their own only. Base backups may succeed all the same while WAL never arrives: only the check before the "
        + "first WAL asks with HeadBucket.",
        "Write the region into the Secret, name that key in s3Credentials.region, and restart the instances: a pod keeps what it began with.", "kubectl edit cluster {cluster} -n {namespace}")
    {
        IsInStore = true,
    };

    public static Ailment ObjectArchived { get; } = new(
        "object-in-archive-class", Severity.Broken, Stage.Recovery, "An object lies in an archive storage class (InvalidObjectState)",
        "A lifecycle rule has moved base backups or WAL to GLACIER or its like: they are listed, and cannot be read until they are restored from there.",
        "Restore what the check names (aws s3api restore-object), wait for it, and recover again; then exempt the bucket from that rule.",
        "cnpg-restore backups check --cluster {cluster} -n {namespace} --server {folder}");
}
