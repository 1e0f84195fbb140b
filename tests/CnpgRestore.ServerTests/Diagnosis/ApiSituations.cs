using System.Text;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>All situations that show without pods.</summary>
static class ApiSituations
{
    private static readonly string[] InTree = ["in-tree-before-1-31", "checksum-variables-missing"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static IReadOnlyList<ApiSituation> All { get; } =
    [
        new("hibernated", [.. InTree, "cluster-hibernated"], scene => LiveAsync(scene, annotations: "cnpg.io/hibernation: \"on\""), new Repair("cluster-hibernated")),
        new("fenced", [.. InTree, "cluster-fenced"], scene => LiveAsync(scene, annotations: "cnpg.io/fencedInstances: '[\"*\"]'"), new Repair("cluster-fenced")),
        new("left alone", [.. InTree, "reconciliation-disabled"], scene => LiveAsync(scene, annotations: "cnpg.io/reconciliationLoop: disabled"), new Repair("reconciliation-disabled")),
        new("stopped and suspended", [.. InTree, "apps-left-stopped", "gitops-left-suspended"], StopAsync, new Repair("apps-left-stopped", "gitops-left-suspended")),
        new("suspended Application", [.. InTree, "gitops-left-suspended"], scene => ArgoAsync(scene, SuspendAsync), new Repair("gitops-left-suspended")),
        new("Application that is synced by hand", InTree, scene => ArgoAsync(scene, _ => Task.CompletedTask, "{syncOptions: [CreateNamespace=true]}")),
        new("Secret missing", [.. InTree, "secret-missing"], scene => LiveAsync(scene, "name: s3,", "name: nowhere,"), new Repair("secret-missing")
        {
            Fill = [("ACCESS_KEY_ID=VALUE", $"ACCESS_KEY_ID={S3Server.AccessKey}"), ("ACCESS_SECRET_KEY=VALUE", $"ACCESS_SECRET_KEY={S3Server.SecretKey}"), ("REGION=VALUE", $"REGION={S3Server.Region}")],
        }),
        new("key of the Secret missing", [.. InTree, "secret-missing"], scene => LiveAsync(scene, "name: s3, key: REGION", "name: s3, key: AREA"), new Repair("secret-missing") { Fill = [("VALUE", S3Server.Region)] }),
        new("key of the Secret empty", [.. InTree, "secret-empty"], EmptySecretAsync, new Repair("secret-empty") { Edit = $"s/ACCESS_SECRET_KEY: .*/ACCESS_SECRET_KEY: {Convert.ToBase64String(Encoding.UTF8.GetBytes(S3Server.SecretKey))}/" }),
        new("other bucket", [.. InTree, "bucket-missing"], scene => LiveAsync(scene, "destinationPath: s3://", "destinationPath: s3://not-"), new Repair("bucket-missing") { Edit = "s#s3://not-#s3://#" }),
        new("endpoint that is not there", [.. InTree, "endpoint-unreachable"], scene => LiveAsync(scene, "endpointURL: http://127.0.0.1", "endpointURL: http://127.0.0.2")),
        new("certificate of one's own", [.. InTree, "endpoint-certificate"], PrivateAuthorityAsync, new Repair("endpoint-certificate") { Edit = @"s/^( *)endpointURL: .*/&\n\1endpointCA: {name: ca, key: ca.crt}/" }),
        new("no backup section", ["no-backup-configured"], scene => scene.LiveAsync(WithoutBackup(scene)), new Repair("no-backup-configured") { Edit = "s#^spec:#spec:\\n  backup: {barmanObjectStore: {serverName: orders, destinationPath: BUCKET}}#" }),
        new("no checksum variables", InTree, scene => LiveAsync(scene), new Repair("checksum-variables-missing")
        {
            Edit = "s/^spec:/spec:\\n  env: [{name: AWS_REQUEST_CHECKSUM_CALCULATION, value: when_required}, {name: AWS_RESPONSE_CHECKSUM_VALIDATION, value: when_required}]/",
        }),
        new("backups of a Cluster made anew", [.. InTree, "scheduled-backup-on-fresh-cluster", "no-usable-backup"], ScheduleAsync, new Repair("scheduled-backup-on-fresh-cluster")) { Folders = [] },
        new("pods gone and nobody to tell", [.. InTree, "status-stale"], scene => scene.LiveWithoutPodsAsync(scene.Manifests.Initdb("orders", "orders"))),
        new("deleted and held", [.. InTree, "cluster-being-deleted"], DeleteAsync),
        new("given up for a standby", [.. InTree, "unrecoverable-with-data"], GiveUpAsync),
        new("standby that cannot be made", [.. InTree, "join-failed"], scene => WithJobAsync(scene, "Creating a new replica", 1, "orders-2-join", "join")),
        new("major upgrade that failed", [.. InTree, "major-upgrade-failed"], scene => WithJobAsync(scene, "Upgrading Postgres major version", 0, "orders-1-major-upgrade", "major-upgrade")),
        new("backups that fail", [.. InTree, "backups-failing"], FailBackupAsync),
        new("snapshots of volumes", [], scene => scene.LiveAsync(WithoutBackup(scene) + "\n  backup: {volumeSnapshot: {className: snapshots}}\n")),
        new("no ObjectStore", ["object-store-missing", "instances-not-ready"], scene => scene.CreateAsync(ClusterManifests.PluginInitdb("orders", "orders"))),
        new("two lives in one folder", [.. InTree, "mixed-histories", "folder-damaged"], MixAsync),
        new("old source in Git", [.. InTree, "recovery-source-outdated", "old-folder-unpruned"], OldSourceAsync)
        {
            File = scene => scene.Manifests.Recovery("orders", "orders-backup", "orders"),
        },
        new("nothing in the bucket", ["cluster-missing", "bucket-without-folders"], _ => Task.CompletedTask) { Folders = [], File = scene => scene.Manifests.Recovery("orders", "orders", "orders-v2").Replace($"s3://{scene.Bucket}", $"s3://{scene.Bucket}/home", StringComparison.Ordinal) },
    ];

    private static Task LiveAsync(RecordedScene scene, string right = "never", string wrong = "never", string annotations = "") =>
        scene.LiveAsync(scene.Manifests.Initdb("orders", "orders", annotations).Replace(right, wrong, StringComparison.Ordinal));

    private static async Task DeleteAsync(RecordedScene scene)
    {
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders").Replace("  name: orders\n", "  name: orders\n  finalizers: [backup.example.org/last-copy]\n", StringComparison.Ordinal));
        await scene.Api.KubectlAsync(Ct, "delete", "clusters.postgresql.cnpg.io", "orders", "--wait=false");
    }

    private static async Task GiveUpAsync(RecordedScene scene)
    {
        var status = RecordedScene.Healthy();
        status["phase"] = "Cluster is unrecoverable and needs manual intervention";
        status["phaseReason"] = "Instance creation failed for the following jobs: orders-2-join. Check the job logs to investigate the cause of the failure.";
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders"), status);
        await scene.FailedJobAsync("orders-2-join", "join");
    }

    private static async Task WithJobAsync(RecordedScene scene, string phase, int ready, string job, string role)
    {
        var status = RecordedScene.Healthy();
        (status["phase"], status["readyInstances"]) = (phase, ready);
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders").Replace("instances: 1", "instances: 2", StringComparison.Ordinal), status);
        await scene.FailedJobAsync(job, role);
    }

    private static async Task FailBackupAsync(RecordedScene scene)
    {
        await LiveAsync(scene);
        await scene.CreateAsync(ClusterManifests.Backup("nightly-20261122", "orders"));
        await scene.Api.WriteStatusAsync(
            new ObjectReference(ResourceTypes.Backups, scene.Api.Namespace, "nightly-20261122"), new JsonObject { ["phase"] = "failed", ["error"] = "can't execute barman-cloud-backup" }, Ct);
    }

    private static string WithoutBackup(RecordedScene scene)
    {
        var manifest = scene.Manifests.Initdb("orders", "orders");
        return manifest[..manifest.IndexOf("  backup:", StringComparison.Ordinal)];
    }

    private static async Task StopAsync(RecordedScene scene)
    {
        await scene.CreateAsync("""
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: database}
            spec: {suspend: true, interval: 1m, prune: false, path: ./apps, sourceRef: {kind: GitRepository, name: home}}
            """);
        await scene.CreateAsync($$$"""
            apiVersion: batch/v1beta1
            kind: CronJob
            metadata:
              name: invoices
              annotations: {cnpg-restore/stopped-by: 20261122t140000z-from-backup-4f2a, cnpg-restore/stopped-for: {{{scene.Api.Namespace}}}/orders, cnpg-restore/stopped-from: "false"}
            spec:
              schedule: "0 3 1 1 *"
              suspend: true
              jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: shop, image: shop}]} } } }
            """);
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders").Replace(
            "  name: orders\n", $"  name: orders\n  labels: {{kustomize.toolkit.fluxcd.io/name: database, kustomize.toolkit.fluxcd.io/namespace: {scene.Api.Namespace}}}\n", StringComparison.Ordinal));
    }

    private static async Task ArgoAsync(RecordedScene scene, Func<RecordedScene, Task> change, string policy = "{automated: {prune: true, selfHeal: true}}")
    {
        await scene.CreateAsync($$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: database}
            spec: {project: default, destination: {}, source: {repoURL: "https://git.lan/home", path: apps}, syncPolicy: {{policy}} }
            """);
        await change(scene);
        await LiveAsync(scene, annotations: $"argocd.argoproj.io/tracking-id: 'database:postgresql.cnpg.io/Cluster:{scene.Api.Namespace}/orders'");
    }

    /// <summary>As a run does it.</summary>
    private static async Task SuspendAsync(RecordedScene scene)
    {
        var reference = new ObjectReference(ResourceTypes.Applications, scene.Api.Namespace, "database");
        var application = await scene.Api.Api.GetAsync(reference, Ct);
        await scene.Api.Api.MergePatchAsync(reference, GitOpsSuspension.Suspend(reference.Type, application, "20261122t140000z-from-backup-4f2a")!, WriteOptions.Default, Ct);
    }

    private static async Task EmptySecretAsync(RecordedScene scene)
    {
        await scene.CreateAsync(ClusterManifests.Credentials.Replace("name: s3", "name: s3-empty", StringComparison.Ordinal).Replace(S3Server.SecretKey, "\"\"", StringComparison.Ordinal));
        await LiveAsync(scene, "name: s3,", "name: s3-empty,");
    }

    private static async Task PrivateAuthorityAsync(RecordedScene scene)
    {
        var front = scene.Owns(TlsFront.Start(scene.S3.Endpoint));
        await scene.CreateAsync($"apiVersion: v1\nkind: Secret\nmetadata: {{name: ca}}\ndata: {{ca.crt: {Convert.ToBase64String(Encoding.UTF8.GetBytes(front.AuthorityPem))}}}\n");
        await LiveAsync(scene, scene.S3.Endpoint, front.Endpoint);
    }

    /// <summary>The Cluster is the younger one by the whole second that Kubernetes counts in.</summary>
    private static async Task ScheduleAsync(RecordedScene scene)
    {
        await scene.CreateAsync("""
            apiVersion: postgresql.cnpg.io/v1
            kind: ScheduledBackup
            metadata: {name: nightly}
            spec: {schedule: "0 0 2 * * *", cluster: {name: orders}}
            """);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Ct);
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders"));
    }

    /// <summary>What two primaries leave that archive into one folder: each has begun a timeline 2, at another place, and one of them a third.</summary>
    private static async Task MixAsync(RecordedScene scene)
    {
        var barman = new BarmanCloud(scene.S3, scene.Bucket, "other", BarmanCompression.Gzip);
        await using (var other = await BarmanStory.BeginAsync(scene.S3, barman, Ct))
        {
            await other.PromoteAsync(Ct);
            await other.WriteAsync(10, Ct);
            await other.PromoteAsync(Ct);
            await other.ArchiveAsync(Ct);
            foreach (var history in (await scene.S3.ListAsync(other.Folder, Ct)).Where(item => item.Key.Contains("/00000003.history", StringComparison.Ordinal)))
            {
                await scene.S3.Client.CopyObjectAsync(scene.Bucket, history.Key, scene.Bucket, history.Key.Replace("other/", "orders/", StringComparison.Ordinal), Ct);
            }

            foreach (var item in await scene.S3.ListAsync(other.Folder, Ct))
            {
                await scene.S3.Client.DeleteObjectAsync(scene.Bucket, item.Key, Ct);
            }
        }

        await LiveAsync(scene);
    }

    private static async Task OldSourceAsync(RecordedScene scene)
    {
        await scene.S3.CopyAsync(new S3Folder(scene.Bucket, "orders/"), new S3Folder(scene.Bucket, "orders-backup/"), Ct);
        await LiveAsync(scene);
    }
}
