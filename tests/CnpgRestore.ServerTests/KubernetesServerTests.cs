using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests;

/// <summary>The test cluster does what tests take for granted.</summary>
public sealed class KubernetesServerTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Custom_resources_of_CloudNativePG_and_GitOps_are_defined()
    {
        var server = await bed.KubernetesApiAsync(Ct);
        using var api = server.Connect();

        ResourceType[] types = [ResourceTypes.Clusters, ResourceTypes.Backups, ResourceTypes.ObjectStores, ResourceTypes.Kustomizations, ResourceTypes.HelmReleases, ResourceTypes.Applications];
        foreach (var type in types)
        {
            Assert.True(await api.SupportsAsync(type, Ct), $"{type}");
        }
    }

    [Fact]
    public async Task A_stranger_is_known_and_may_not_even_look()
    {
        var server = await bed.KubernetesApiAsync(Ct);
        using var stranger = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = server.StrangerKubeconfig });

        Assert.False((await stranger.MayAsync("list", ResourceTypes.Pods, "default", null, null, Ct)).Allowed);
    }

    [Fact]
    public async Task Ends_with_the_process_that_wanted_it()
    {
        var script = Path.Combine(TestEnvironment.Repository, "testbed", "kubernetes.sh");
        await bed.KubernetesApiAsync(Ct); // Skips where it cannot work.
        var folder = $"/var/tmp/cnpg-restore-kubernetes-{Path.GetRandomFileName()}";
        await using var owner = ToolProcess.Start(new ToolCommand("sleep", "600"));
        (await ToolProcess.RunAsync(new ToolCommand(script, "api", folder, $"{owner.ProcessId}"), Ct)).Succeeded();
        var first = await File.ReadAllTextAsync(Path.Combine(folder, "pid"), Ct);

        owner.Kill();

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        while (Directory.Exists(folder))
        {
            await Task.Delay(50, deadline.Token);
        }

        Assert.False(Directory.Exists($"/proc/{first.Trim()}"));
    }

    [Fact]
    public async Task A_database_on_a_volume_is_reached_through_its_service()
    {
        var server = await bed.KubernetesAsync(Ct);
        await using var ns = await server.CreateNamespaceAsync(Ct);
        await ns.ApplyAsync(DatabaseYaml, Ct);
        await ns.WaitAsync("Ready", "pod/pg", Ct);

        await ns.ApplyAsync(JobYaml("""psql -h pg -U postgres -Atc "SELECT 'rows: ' || count(*) FROM pg_database" """), Ct);
        await ns.WaitAsync("Complete", "job/run", Ct);

        Assert.Equal("rows: 3", (await ns.KubectlAsync(Ct, "logs", "job/run")).Trim());
        using var api = ns.Connect();
        var inside = await api.ExecAsync(ns.Name, "pg", "postgres", ["psql", "-h", "/tmp", "-Atc", "SELECT current_setting('data_directory')"], stdin: null, Ct);
        Assert.Equal(0, inside.ExitCode);
        Assert.Equal("Bound", (await api.GetAsync(new ObjectReference(ResourceTypes.PersistentVolumeClaims, ns.Name, "data"), Ct))["status"]!["phase"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_pod_archives_into_the_object_store_of_this_machine()
    {
        var s3 = await bed.S3Async(Ct);
        var server = await bed.KubernetesAsync(Ct);
        var bucket = await s3.CreateBucketAsync(Ct);
        await using var ns = await server.CreateNamespaceAsync(Ct);
        var credentials = string.Join(' ', S3Server.ClientEnvironment.Select(variable => $"{variable.Key}={variable.Value}"));

        await ns.ApplyAsync(
            JobYaml($"cd /tmp; head -c 16777216 /dev/zero >000000010000000000000001; env {credentials} barman-cloud-wal-archive --endpoint-url {server.ForPods(s3.Endpoint)} s3://{bucket} pg 000000010000000000000001"),
            Ct);
        await ns.WaitAsync("Complete", "job/run", Ct);

        Assert.Equal("pg/wals/0000000100000000/000000010000000000000001", Assert.Single(await s3.ListAsync(new S3Folder(bucket, ""), Ct)).Key);
    }

    /// <summary>A Job without a second attempt that runs a line of bash.</summary>
    private static string JobYaml(string script) =>
        $$"""
        apiVersion: batch/v1
        kind: Job
        metadata: {name: run}
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: run
                  image: {{KubernetesServer.Image}}
                  imagePullPolicy: Never
                  command: [bash, -ec]
                  args:
                    - |
                      {{script}}
        """;

    private static string DatabaseYaml =>
        $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: {storage: 1Gi}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: pg}
        spec:
          selector: {app: pg}
          ports: [{port: 5432}]
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: pg
          labels: {app: pg}
        spec:
          containers:
            - name: postgres
              image: {{KubernetesServer.Image}}
              imagePullPolicy: Never
              command: [bash, -ec]
              args:
                - |
                  initdb --auth trust --no-sync
                  echo host all all all trust >>$PGDATA/pg_hba.conf
                  exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp
              readinessProbe:
                periodSeconds: 1
                exec: {command: [pg_isready, -h, /tmp]}
              volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
          volumes:
            - name: data
              persistentVolumeClaim: {claimName: data}
        """;
}
