using System.Text.Json.Nodes;

namespace CnpgRestore.Tests.Manifests;

/// <summary>Every edited manifest is one that the real CRD takes.</summary>
public sealed class CrdSchemaTests
{
    public static TheoryData<string> Edited => GoldenManifest.Edited;

    [Theory]
    [MemberData(nameof(Edited))]
    public void Every_edited_cluster_fits_the_real_schema(string name)
    {
        var golden = new GoldenManifest(name);
        if (golden.Input.Contains("HelmRelease", StringComparison.Ordinal))
        {
            return;
        }

        var set = golden.Open();
        golden.Edit(set);
        Assert.Empty(CrdSchema.Clusters.Errors(set.ReadJson(golden.Args.Contains("--cluster") ? "b" : null)));
    }

    [Fact]
    public void The_check_sees_an_unknown_field_a_wrong_type_and_a_missing_one()
    {
        var cluster = JsonNode.Parse("""
            {"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": {"name": "pg"},
             "spec": {"instances": "two", "bootstrap": {"recovery": {"source": "a", "serverName": "b", "secret": {}}}}}
            """);
        Assert.Equal(
            [".spec.instances is no integer", ".spec.bootstrap.recovery.serverName is unknown", ".spec.bootstrap.recovery.secret.name is missing"],
            CrdSchema.Clusters.Errors(cluster));
    }
}
