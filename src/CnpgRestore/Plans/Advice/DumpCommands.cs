using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.Advice;

/// <summary>The command lines of the way from a dump, in the user's own words.</summary>
static class DumpCommands
{
    private const string Manifest = "cluster.yaml";
    private const string AnyDatabase = "app";

    public static IReadOnlyList<AdvisedCommand> Of(AdviceView view)
    {
        if (view.Dumps is not { Chosen: { } dump, Path: { } path } dumps)
        {
            return [];
        }

        var commands = new List<AdvisedCommand>();
        if (view.Request.Wish == Wish.Inspect)
        {
            commands.Add(new("shows what is in it", CommandText.Of("dumps inspect", dump.File.Path)));
        }

        IEnumerable<string> from = dumps.IsLatest || File.Exists(path) ? ["--local", path] : ["--local", path, "--dump", dump.Names[0]];
        var cluster = view.Request.Cluster;
        var name = dumps.Database is null && dump.Database is { } only ? (string[])["--database", only] : [];
        var load = cluster is null ? null : CommandText.Of("from-dump", [cluster, .. view.Request.KubernetesWords, .. from, .. name]);
        if (load is not null && view.Kubernetes is { Answers: true, HasCnpg: true })
        {
            commands.AddRange(view.Kubernetes.IsUp ? [] : Fresh(view, cluster!));
            return [.. commands, new("shows the plan, changes nothing", $"{load} --dry-run"), new("restores; 'runs undo' swaps back", load)];
        }

        var database = dumps.Database ?? dump.Database ?? AnyDatabase;
        var anywhere = CommandText.Of("from-dump", [.. from, "--to", $"postgres://postgres@localhost:5432/{Uri.EscapeDataString(database)}"]);
        commands.AddRange([new("shows the plan, for any PostgreSQL that can be reached", $"{anywhere} --dry-run"), new("restores there", anywhere)]);
        return load is null ? commands : [.. commands, new("restores the Cluster's database, when Kubernetes answers and the Cluster is up", load)];
    }

    /// <summary>The runbook's fresh cluster: the dump needs a server that runs.</summary>
    private static IEnumerable<AdvisedCommand> Fresh(AdviceView view, string cluster)
    {
        var (files, words) = (view.Request.Files, view.Request.KubernetesWords);
        var file = files.Count > 0 ? files[0] : Manifest;
        IEnumerable<string> archive = view.Lineage is { Lineage: Lineage.New } choice ? ["--archive-name", choice.Archive] : [];
        if (view.Kubernetes is { IsGone: false, Cluster: not null })
        {
            yield return new("deletes what does not run, its volumes too", CommandText.Kubectl(["delete", "clusters.postgresql.cnpg.io", cluster, .. words]));
        }

        yield return new("makes the manifest begin new and empty", CommandText.Of("manifest initdb", ["-f", file, .. files.Skip(1).SelectMany(more => (string[])["-f", more]), "--cluster", cluster, .. archive, "--in-place"]));
        yield return new("creates it", CommandText.Kubectl(["apply", .. words, "-f", file]));
    }
}
