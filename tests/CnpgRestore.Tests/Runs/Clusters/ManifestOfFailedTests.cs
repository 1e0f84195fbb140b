using System.Text.Json.Nodes;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Tests.Runs.Clusters;

/// <summary>A recovery has failed, and a person has mended what the hint says: in the file, on the Cluster, or in both.</summary>
public sealed class ManifestOfFailedTests
{
    private static readonly JsonObject Made = Cluster("10Gi");

    [Fact]
    public void A_Cluster_that_nobody_edited_is_made_of_what_the_files_say()
    {
        var written = Cluster("20Gi");

        Assert.Same(written, ManifestOfFailed.Choose(Decision, Made, written, Live(generation: 1, "10Gi")));
    }

    [Fact]
    public void What_was_edited_on_the_Cluster_is_in_the_next_one()
    {
        var chosen = ManifestOfFailed.Choose(Decision, Made, Made, Live(generation: 2, "20Gi"));

        Assert.Equal(
            """{"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","metadata":{"name":"orders","annotations":{"team":"shop","cnpg-restore.io/run":"run"}},"spec":{"storage":{"size":"20Gi"},"imageName":"postgresql:17.5"}}""",
            chosen.ToJsonString());
    }

    [Fact]
    public void What_both_say_is_no_contradiction() =>
        Assert.Equal("20Gi", (string?)ManifestOfFailed.Choose(Decision, Made, Cluster("20Gi"), Live(generation: 2, "20Gi"))["spec"]!["storage"]!["size"]);

    [Fact]
    public void Which_of_two_sizes_counts_is_asked()
    {
        var problem = Assert.Throws<RestoreException>(() => ManifestOfFailed.Choose(Decision, Made, Cluster("20Gi"), Live(generation: 2, "30Gi"))).Problem;

        Assert.Equal(ProblemCode.Stopped, problem.Code);
        Assert.EndsWith(": spec.storage.size", problem.Detail, StringComparison.Ordinal);
        Assert.Equal($"make both say the same; or, for what the files say: kubectl delete cluster -n shop orders; then: {Decision.ResumeCommand}", problem.Hint);
    }

    [Fact]
    public void What_the_file_leaves_out_by_now_is_no_default_of_the_API()
    {
        var made = Cluster("10Gi");
        made["spec"]!["walStorage"] = new JsonObject { ["size"] = "1Gi" };
        var live = Live(generation: 2, "10Gi");
        live["spec"]!["walStorage"] = new JsonObject { ["size"] = "2Gi" };

        Assert.Throws<RestoreException>(() => ManifestOfFailed.Choose(Decision, made, Cluster("10Gi"), live));
    }

    private static JsonObject Cluster(string size) => JsonNode.Parse(
        """{"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","metadata":{"name":"orders","annotations":{"team":"shop","cnpg-restore.io/run":"run"}},"spec":{"storage":{"size":"SIZE"}}}"""
            .Replace("SIZE", size, StringComparison.Ordinal))!.AsObject();

    /// <summary>As the API has it: with a default of the operator's, and stopped by somebody.</summary>
    private static JsonObject Live(int generation, string size)
    {
        var live = Cluster(size);
        live["metadata"]!["generation"] = generation;
        live["metadata"]!["annotations"]!["cnpg.io/hibernation"] = "on";
        live["spec"]!["imageName"] = "postgresql:17.5";
        return live;
    }

    private static FromBackupDecision Decision { get; } = new()
    {
        Run = "run", Cluster = "orders", Namespace = "shop", Lineage = Lineage.New, Archive = "orders-2", Apply = ApplyMode.Api, Host = "here",
        Source = "orders", Target = "latest", BackupId = "20261122T020000", SystemId = "7300000000000000001",
    };
}
