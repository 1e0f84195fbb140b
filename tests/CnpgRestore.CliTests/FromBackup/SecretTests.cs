using System.Collections.Concurrent;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>The credentials of the bucket and of the API server are read, used, and seen nowhere else.</summary>
public sealed class SecretTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_in_argv_events_the_record_Git_the_journal_or_the_report()
    {
        var (scene, git) = await GitOpsScene.CreateAsync(bed, Ct);
        await using var _ = scene;
        using var __ = git;
        await scene.FillAsync();
        var remote = Path.Combine(scene.Folder, "remote.git");
        await git.GitAsync(Ct, "clone", "--quiet", "--bare", git.Path, remote);
        await git.GitAsync(Ct, "remote", "add", "origin", remote);
        await git.GitAsync(Ct, "fetch", "--quiet", "origin");
        await git.GitAsync(Ct, "branch", "--quiet", "--set-upstream-to", "origin/main");
        var seen = new ConcurrentDictionary<string, string>();
        await using var running = ToolProcess.Start(scene.Command(
            ["from-backup", RecoveryScene.Cluster, "--yes", "-v", "-f", Path.Combine(git.Path, GitOpsScene.Manifest), "--apply", "git", "--push", "--report", Path.Combine(scene.Folder, "report.html")]));
        var watching = WatchAsync(scene, running, seen);

        var result = await running.WaitAsync(Ct);
        await watching;

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        // What is watched was really there.
        Assert.Contains(seen.Keys, place => place.StartsWith("argv of git", StringComparison.Ordinal));
        Assert.Contains(seen, place => place.Key.StartsWith("record", StringComparison.Ordinal) && place.Value.Contains("decision.json", StringComparison.Ordinal));
        seen["events"] = await scene.Clusters.Namespace.KubectlAsync(Ct, "get", "events", "-o", "yaml");
        seen["cluster"] = await scene.Clusters.Namespace.KubectlAsync(Ct, "get", "cluster", RecoveryScene.Cluster, "-o", "yaml");
        seen["commits"] = (await ToolProcess.RunAsync(new ToolCommand("git", ["-C", remote, "log", "--patch", "--all"]), Ct)).Succeeded().Output;
        Assert.Contains("Recover", seen["commits"], StringComparison.Ordinal);
        Assert.All(seen, place => Assert.DoesNotContain(S3Server.SecretKey, place.Value, StringComparison.Ordinal));
        var key = KubeconfigKey(scene);
        Assert.All(seen, place => Assert.DoesNotContain(key, place.Value, StringComparison.Ordinal));
        scene.AssertNoSecret(result);
    }

    /// <summary>The command lines of the program and its children, and the record of the run, again and again.</summary>
    private static async Task WatchAsync(RecoveryScene scene, ToolProcess running, ConcurrentDictionary<string, string> seen)
    {
        for (var turn = 0; !running.HasExited; turn++)
        {
            foreach (var (process, arguments) in Descendants(running.ProcessId))
            {
                seen[$"argv of {Path.GetFileName(arguments.Split('\0')[0])} {process}"] = arguments;
            }

            if (turn % 100 == 0 && await scene.Clusters.FindAsync($"configmap/cnpg-restore-{RecoveryScene.Cluster}", Ct) is { } record)
            {
                seen[$"record {turn}"] = record.ToJsonString();
            }

            await Task.Delay(1, Ct);
        }
    }

    private static IEnumerable<(int Process, string Arguments)> Descendants(int process)
    {
        var text = Read($"/proc/{process}/cmdline");
        if (text.Length > 0)
        {
            yield return (process, text);
        }

        foreach (var task in Threads(process))
        {
            foreach (var child in Read($"/proc/{process}/task/{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                foreach (var found in Descendants(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture)))
                {
                    yield return found;
                }
            }
        }
    }

    private static string[] Threads(int process) =>
        Reading(() => Directory.GetDirectories($"/proc/{process}/task").Select(path => Path.GetFileName(path)).ToArray(), otherwise: []);

    private static string Read(string path) => Reading(() => File.ReadAllText(path), otherwise: "");

    private static T Reading<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (IOException)
        {
            // The process has ended.
            return otherwise;
        }
    }

    /// <summary>The client's private key, as the kubeconfig holds it.</summary>
    private static string KubeconfigKey(RecoveryScene scene)
    {
        var text = File.ReadAllText(scene.Clusters.Namespace.Server.Kubeconfig);
        var key = text[(text.IndexOf("client-key-data: ", StringComparison.Ordinal) + "client-key-data: ".Length)..];
        return key[..key.IndexOf('}', StringComparison.Ordinal)];
    }
}
