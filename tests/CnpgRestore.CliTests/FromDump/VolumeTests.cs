using System.Globalization;
using System.Text.Json;
using CnpgRestore.CliTests.Apps;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>Dumps that lie in the cluster: on a folder of the node and on a claim for real, on an NFS export as far as its mount.</summary>
public sealed class VolumeTests(TestBed bed)
{
    private const string Cluster = AppsScene.Cluster;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dumps_of_the_node_are_listed_inspected_and_restored_as_those_of_this_machine()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        using var share = await ShareAsync(scene);
        await ClusterDump.SpoilAsync(scene);

        var here = Listed(await scene.RunAsync("dumps", "list", Path.Combine(share.Path, "Database"), "-o", "json"));
        var there = Listed(await scene.RunAsync("dumps", "list", "Database", "--host-path", share.Path, "-o", "json"));
        var inspected = await scene.RunAsync("dumps", "inspect", "Database/last/orders-20261101-020000.sql.gz", "--host-path", share.Path);
        var result = await scene.RunAsync("from-dump", Cluster, "--host-path", share.Path, "--dump", "Database", "--yes");

        Assert.Equal(here, there);
        Assert.True(inspected.ExitCode == 0, inspected.Error);
        Assert.Contains(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), inspected.Output, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        await scene.Clusters.UntilAsync("pods", pods => pods!["items"]!.AsArray().All(pod => !pod!["metadata"]!["name"]!.GetValue<string>().StartsWith("cnpg-restore-", StringComparison.Ordinal)), Ct);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_on_a_claim_makes_a_cluster_new_also_where_it_is_packed_once_more(bool isPacked)
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await ClusterDump.FillAsync(scene);
        await scene.Clusters.SqlAsync(Cluster, "orders", "ALTER SCHEMA public OWNER TO orders", Ct);
        await scene.Home.ApplyAsync(Claim, Ct);
        await scene.Clusters.UntilAsync("pod/writer", pod => pod?["status"]?["phase"]?.GetValue<string>() == "Running", Ct);
        await scene.Home.KubectlAsync(Ct, "exec", "orders-1", "-c", "postgres", "--", "pg_dump", "-Fc", "-d", "orders", "-f", "/controller/tmp/orders.dump");
        var archive = Path.Combine(scene.Folder, "orders.dump");
        await scene.Home.KubectlAsync(Ct, "cp", "-c", "postgres", $"{scene.Home.Name}/orders-1:/controller/tmp/orders.dump", archive);
        if (isPacked)
        {
            await using var gzip = new System.IO.Compression.GZipStream(File.Create(archive + ".gz"), System.IO.Compression.CompressionLevel.Fastest);
            await gzip.WriteAsync(await File.ReadAllBytesAsync(archive, Ct), Ct);
            await gzip.DisposeAsync();
            File.Move(archive + ".gz", archive, overwrite: true);
        }

        await scene.Home.KubectlAsync(Ct, "cp", archive, $"{scene.Home.Name}/writer:/dumps/orders.dump");

        var result = await scene.RunAsync("from-dump", Cluster, "--strategy", "fresh", "--pvc", "dumps", "--dump", "orders.dump", "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Equal("orders", await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'public'", Ct));
    }

    [Fact]
    public async Task A_job_has_to_run_on_the_node_where_its_claim_is_mounted()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        var text = await File.ReadAllTextAsync(dump, Ct);
        var broken = Path.Combine(scene.Folder, "broken.sql");
        await File.WriteAllTextAsync(broken, text.Replace("CREATE INDEX", "CREATE NO INDEX", StringComparison.Ordinal), Ct);
        await scene.Home.ApplyAsync(Claim, Ct);
        await scene.Clusters.UntilAsync("pod/writer", pod => pod?["status"]?["phase"]?.GetValue<string>() == "Running", Ct);
        await scene.Home.KubectlAsync(Ct, "cp", broken, $"{scene.Home.Name}/writer:/dumps/orders.sql");

        // What has failed stays to be looked at.
        var failed = await scene.RunAsync("from-dump", Cluster, "--pvc", "dumps", "--dump", "orders.sql", "--engine", "psql", "--keep-apps", "--yes");
        var run = ClusterDump.LastRun(scene);
        var job = await scene.Clusters.FindAsync($"job/cnpg-restore-{run}", Ct);
        await scene.RunAsync("runs", "undo", run);

        Assert.True(failed.ExitCode == 20, failed.Output + failed.Error);
        var affinity = job!["spec"]!["template"]!["spec"]!["affinity"]!["nodeAffinity"]!["requiredDuringSchedulingIgnoredDuringExecution"]!["nodeSelectorTerms"]![0]!["matchFields"]![0]!;
        Assert.Equal("metadata.name", affinity["key"]!.GetValue<string>());
        Assert.Equal((await scene.Clusters.FindAsync("pod/writer", Ct))!["spec"]!["nodeName"]!.GetValue<string>(), Assert.Single(affinity["values"]!.AsArray())!.GetValue<string>());
    }

    [Fact]
    public async Task A_job_loads_where_the_dump_is_and_stops_at_the_first_error_with_its_line()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        using var share = await ShareAsync(scene);
        await ClusterDump.SpoilAsync(scene);
        await scene.StartAppsAsync();
        var counts = await scene.CountsAsync();
        var text = (await File.ReadAllTextAsync(Path.Combine(scene.Folder, "orders.sql"), Ct)).Split('\n').ToList();
        var line = text.FindIndex(text => text.StartsWith("CREATE INDEX", StringComparison.Ordinal)) + 1;
        text[line - 1] = text[line - 1].Replace("(text)", "(no_such_column)", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Path.Combine(share.Path, "broken.sql"), text, Ct);
        await File.WriteAllTextAsync(Path.Combine(share.Path, "server.sql"), (await File.ReadAllTextAsync(Path.Combine(scene.Folder, "orders.sql"), Ct)).Replace("SET row_security = off;", "SET row_security = off;\nALTER ROLE postgres PASSWORD 'x';", StringComparison.Ordinal), Ct);
        File.SetUnixFileMode(Path.Combine(share.Path, "broken.sql"), UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        File.SetUnixFileMode(Path.Combine(share.Path, "server.sql"), UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.GroupRead);

        var manifest = await RunAsync("Database", "--dry-run", "-o", "yaml");
        Assert.True(manifest.ExitCode == 0, manifest.Error);
        var job = Path.Combine(scene.Folder, "job.yaml");
        await File.WriteAllTextAsync(job, manifest.Output, Ct);
        Assert.Contains("job.batch/orders-restore-job", await scene.Home.KubectlAsync(Ct, "create", "--dry-run=server", "--output", "name", "--filename", job), StringComparison.Ordinal);
        // As around large objects: a COMMIT in the dump would end the Job's one transaction.
        text.InsertRange(line - 1, ["BEGIN;", "COMMIT;"]);
        await File.WriteAllLinesAsync(Path.Combine(share.Path, "large.sql"), text, Ct);
        var (noJob, noted) = (await RunAsync("large.sql", "--dry-run", "-o", "yaml"), await RunAsync("large.sql", "--dry-run"));
        Assert.Equal((15, 0), (noJob.ExitCode, noted.ExitCode));
        Assert.Contains("no Job can load", noJob.Error, StringComparison.Ordinal);
        Assert.Contains("there is no Job for Git", noted.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Job", noted.Output, StringComparison.Ordinal);
        var server = await RunAsync("server.sql", "--yes");
        var broken = await RunAsync("broken.sql", "--keep-apps", "--yes");
        var undo = await scene.RunAsync("runs", "undo", ClusterDump.LastRun(scene), "--yes");
        var result = await RunAsync("Database", "--yes");

        Assert.Equal(15, server.ExitCode);
        Assert.Contains("it holds what concerns the whole server", server.Error, StringComparison.Ordinal);
        Assert.Contains("ALTER ROLE postgres", server.Error, StringComparison.Ordinal);
        Assert.Equal(20, broken.ExitCode);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"line {line}, CREATE INDEX"), broken.Error, StringComparison.Ordinal);
        Assert.Contains("column \"no_such_column\" does not exist", broken.Error, StringComparison.Ordinal);
        Assert.True(undo.ExitCode == 0, undo.Output + undo.Error);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Equal("orders", await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT tableowner FROM pg_tables WHERE tablename = 'items'", Ct));
        Assert.Equal(counts, await scene.CountsAsync());
        await scene.SessionsAsync(6);

        Task<ToolResult> RunAsync(string dump, params string[] options) => scene.RunAsync(["from-dump", Cluster, "--host-path", share.Path, "--dump", dump, "--engine", "psql", .. options]);
    }

    [Fact]
    public async Task A_job_whose_image_has_this_program_loads_in_parallel_one_database_of_a_dump_of_all()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await LoaderImage.AddAsync(bed, Ct);
        await ClusterDump.FillAsync(scene);
        await scene.Clusters.SqlAsync(Cluster, "postgres", "CREATE DATABASE billing", Ct);
        using var share = new TemporaryFolder("share");
        var text = (await File.ReadAllTextAsync(await ClusterDump.WriteAsync(scene, "pg_dumpall"), Ct)).Split('\n').ToList();
        await File.WriteAllLinesAsync(Path.Combine(share.Path, "all.sql"), text, Ct);
        var line = text.FindIndex(text => text.StartsWith("CREATE INDEX", StringComparison.Ordinal)) + 1;
        text[line - 1] = text[line - 1].Replace("(text)", "(no_such_column)", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Path.Combine(share.Path, "broken.sql"), text, Ct);
        (await ToolProcess.RunAsync(new ToolCommand("chmod", "-R", "a+rX", share.Path), Ct)).Succeeded();
        await ClusterDump.SpoilAsync(scene);
        await scene.StartAppsAsync();
        var counts = await scene.CountsAsync();

        var broken = await RunAsync("broken.sql", "--keep-apps", "--yes");
        var undo = await scene.RunAsync("runs", "undo", ClusterDump.LastRun(scene), "--yes");
        var result = await RunAsync("all.sql", "--yes");

        Assert.Equal(20, broken.ExitCode);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"line {line} of the dump: CREATE INDEX"), broken.Error, StringComparison.Ordinal);
        Assert.Contains("no_such_column", broken.Error, StringComparison.Ordinal);
        Assert.Contains("cnpg-restore runs resume", broken.Error, StringComparison.Ordinal);
        Assert.True(undo.ExitCode == 0, undo.Output + undo.Error);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(counts, await scene.CountsAsync());
        await scene.SessionsAsync(6);
        Assert.Contains($"a Job with {LoaderImage.Name} loads it", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Equal("orders", await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT tableowner FROM pg_tables WHERE tablename = 'items'", Ct));

        Task<ToolResult> RunAsync(string dump, params string[] options) =>
            scene.RunAsync(["from-dump", Cluster, "--host-path", share.Path, "--dump", dump, "--database", "orders", "--image", LoaderImage.Name, .. options]);
    }

    [Fact]
    public async Task What_cannot_be_mounted_or_read_is_told_with_a_repair()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        using var share = await ShareAsync(scene);
        var secret = Path.Combine(share.Path, "secret.sql");
        await File.WriteAllTextAsync(secret, "-- PostgreSQL database dump\n", Ct);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);

        var newest = Path.Combine(share.Path, "Database", "last", "orders-20261103-020000.sql");
        File.Move(secret, newest);
        await File.WriteAllTextAsync(secret, "-- PostgreSQL database dump\n", Ct);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);

        var nfs = await scene.RunAsync("dumps", "list", "--nfs", "127.0.0.1:/volume1/backups");
        var noFolder = await scene.RunAsync("dumps", "list", "--host-path", "/there/is/no/such/folder");
        var noClaim = await scene.RunAsync("dumps", "list", "--pvc", "nobody");
        var noFile = await scene.RunAsync("dumps", "inspect", "nothing.sql", "--host-path", share.Path);
        var denied = await scene.RunAsync("dumps", "inspect", "secret.sql", "--host-path", share.Path);
        var listed = await scene.RunAsync("dumps", "list", "Database/last", "--host-path", share.Path);
        var latest = await scene.RunAsync("from-dump", Cluster, "--host-path", share.Path, "--dump", "Database/last", "--database", "orders", "--dry-run");

        await File.WriteAllTextAsync(Path.Combine(share.Path, "cut.sql"), "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n", Ct);
        File.SetUnixFileMode(Path.Combine(share.Path, "cut.sql"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var cut = await scene.RunAsync("from-dump", Cluster, "--host-path", share.Path, "--dump", "cut.sql", "--database", "orders", "--dry-run");
        Assert.True(cut.ExitCode == 15, cut.Output + cut.Error);
        // To be typed as it stands: within the volume, and with it.
        Assert.Matches($"'cnpg-restore dumps list (?!/)[^']*--host-path {share.Path}[^']*'", cut.Error);

        Assert.Equal((13, 10, 10, 10, 12), (nfs.ExitCode, noFolder.ExitCode, noClaim.ExitCode, noFile.ExitCode, denied.ExitCode));
        // One closed file hides no other, and is not passed over when the latest is asked for: it may be the one that is wanted.
        Assert.Equal((12, 12), (listed.ExitCode, latest.ExitCode));
        Assert.Contains("orders-20261103-020000.sql is unreadable: Permission denied: ", listed.Output, StringComparison.Ordinal);
        Assert.Contains("latest  orders-20261101-020000.sql.gz", listed.Output, StringComparison.Ordinal);
        Assert.Contains("the newest that can be read is orders-20261101-020000.sql.gz", latest.Error, StringComparison.Ordinal);
        Assert.Contains("NFS mount failed: 127.0.0.1:/volume1/backups", nfs.Error, StringComparison.Ordinal);
        Assert.Contains("showmount -e 127.0.0.1", nfs.Error, StringComparison.Ordinal);
        Assert.Contains("Backup file not found: /there/is/no/such/folder", noFolder.Error, StringComparison.Ordinal);
        Assert.Contains("Backup file not found: PersistentVolumeClaim nobody", noClaim.Error, StringComparison.Ordinal);
        Assert.Contains("Backup file not found: /dumps/nothing.sql", noFile.Error, StringComparison.Ordinal);
        Assert.Contains("Permission denied: /dumps/secret.sql", denied.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_the_pod_may_not_enter_hides_no_other()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        using var share = await ShareAsync(scene);
        var root = Path.Combine(share.Path, "Database");
        await scene.Clusters.SqlAsync(Cluster, "orders", "ANALYZE", Ct);
        Closed("lost+found");
        Closed(".snapshots");
        Directory.CreateSymbolicLink(Path.Combine(root, "daily", "circle"), root);

        var all = await scene.RunAsync("dumps", "list", "Database", "--host-path", share.Path);
        var verified = await scene.RunAsync("verify", Cluster, "--host-path", share.Path, "--dump", "Database/last/orders-20261101-020000.sql.gz");
        Closed("private");
        Closed("last/orders-20261103.dir");
        var listed = await scene.RunAsync("dumps", "list", "Database", "--host-path", share.Path);
        var latest = await scene.RunAsync("from-dump", Cluster, "--host-path", share.Path, "--dump", "Database", "--database", "orders", "--dry-run");
        var top = await scene.RunAsync("dumps", "list", "Database/private", "--host-path", share.Path);
        var within = await scene.RunAsync("dumps", "inspect", "Database/private/app.sql", "--host-path", share.Path);

        Assert.True((all.ExitCode, verified.ExitCode) == (0, 0), all.Output + all.Error + verified.Output + verified.Error);
        Assert.Contains("last/dangling.sql.gz leads nowhere", all.Output, StringComparison.Ordinal);
        Assert.True((listed.ExitCode, latest.ExitCode, top.ExitCode, within.ExitCode) == (12, 12, 12, 12), listed.Output + listed.Error + latest.Error + top.Error + within.Error);
        foreach (var closed in (string[])["private", "last/orders-20261103.dir"])
        {
            Assert.Contains($"{closed} is unreadable: Permission denied: /dumps/Database/{closed} of host-path:{share.Path} cannot be read", listed.Output, StringComparison.Ordinal);
        }

        Assert.Contains("latest  last/orders-20261101-020000.sql.gz", listed.Output, StringComparison.Ordinal);
        Assert.Contains("the newest that can be read is last/orders-20261101-020000.sql.gz", latest.Error, StringComparison.Ordinal);
        Assert.Contains("Permission denied: /dumps/Database/private of host-path:", top.Error, StringComparison.Ordinal);
        Assert.Contains("Permission denied: /dumps/Database/private of host-path:", within.Error, StringComparison.Ordinal);

        void Closed(string name) => Directory.CreateDirectory(Path.Combine(root, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private const string Claim = $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: dumps }
        spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: writer }
        spec:
          terminationGracePeriodSeconds: 1
          containers:
            - { name: main, image: "localhost/postgres-barman:15", imagePullPolicy: Never, command: [sleep, "100000"], volumeMounts: [{ name: dumps, mountPath: /dumps }] }
          volumes:
            - { name: dumps, persistentVolumeClaim: { claimName: dumps } }
        """;

    /// <summary>As postgres-backup-local leaves it: one dump under four names, a link to it, and a newer one that is cut.</summary>
    private static async Task<TemporaryFolder> ShareAsync(AppsScene scene)
    {
        var dump = await ClusterDump.MakeAsync(scene);
        var share = new TemporaryFolder("share");
        var script = """
            set -e
            cd "$1"; mkdir -p Database/last Database/daily Database/weekly Database/monthly; cd Database
            gzip -c "$2" > last/orders-20261101-020000.sql.gz
            ln last/orders-20261101-020000.sql.gz daily/orders-20261101.sql.gz
            ln last/orders-20261101-020000.sql.gz weekly/orders-202644.sql.gz
            ln last/orders-20261101-020000.sql.gz monthly/orders-202611.sql.gz
            ln -s orders-20261101-020000.sql.gz last/orders-latest.sql.gz
            ln -s gone.sql.gz last/dangling.sql.gz
            touch -d 2026-11-01T02:00:05Z last/orders-20261101-020000.sql.gz
            head -c 3000 last/orders-20261101-020000.sql.gz > "last/orders-20261102-020000.sql.gz"
            touch -d 2026-11-02T02:00:05Z last/orders-20261102-020000.sql.gz
            chmod -R a+rX "$1"
            """;
        (await ToolProcess.RunAsync(new ToolCommand("bash", "-c", script, "bash", share.Path, dump), Ct)).Succeeded();
        return share;
    }

    /// <summary>Names, links and states, whatever the folder is called.</summary>
    private static string Listed(ToolResult result)
    {
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        var dumps = JsonDocument.Parse(result.Output).RootElement.GetProperty("dumps");
        return string.Join('\n', dumps.EnumerateArray().Select(dump => string.Join(' ', dump.EnumerateObject().Where(field => field.Name is not "path").Select(field => field.Value.GetRawText()))));
    }
}
