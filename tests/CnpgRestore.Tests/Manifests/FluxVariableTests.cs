using System.Text.Json.Nodes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Tests.Manifests;

/// <summary>What Flux variables become in the Cluster that is sent to the API, and what is said of those that become nothing.</summary>
public sealed class FluxVariableTests
{
    private const string Kustomization = """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: databases}
        spec:
          path: ./apps/shop
          postBuild:
            substitute: {N: "3", FLAG: "true", EMPTY: "", QUOTE: '"', SIZE: 5Gi, LINES: "a\nb"}
            substituteFrom:
              - {kind: ConfigMap, name: settings}
              - {kind: Secret, name: cluster-secrets}
        """;

    [Theory]
    [InlineData("${N}", "3")]
    [InlineData("1${N}", "13")]
    [InlineData("\"${N}\"", "\"3\"")]
    [InlineData("'${N}'", "\"3\"")]
    [InlineData("!!str ${N}", "\"3\"")]
    [InlineData("${QUOTE}${N}${QUOTE}", "\"3\"")]
    [InlineData("${FLAG}", "true")]
    [InlineData("${EMPTY}", "null")]
    [InlineData("\"${EMPTY}\"", "\"\"")]
    [InlineData("${SIZE}", "\"5Gi\"")]
    [InlineData("${LINES}", "\"ab\"")]
    [InlineData("${OTHER:=7}", "7")]
    [InlineData("$${N}", "\"${N}\"")]
    [InlineData("\n  - ${N}\n  - x${N}", "[3,\"x3\"]")]
    [InlineData("\n    k${N}: ${N}", "{\"k3\":3}")]
    public void A_value_is_typed_as_it_would_be_had_it_been_written_there(string written, string expected) =>
        Assert.Equal(expected, Set($"value: {written}").ReadJson(null)["spec"]!["value"]?.ToJsonString() ?? "null");

    [Fact]
    public void An_anchor_with_a_variable_is_typed_where_it_is_used() =>
        Assert.Equal(3, Set("one: &n ${N}\n  two: *n").ReadJson(null)["spec"]!["two"]!.GetValue<long>());

    [Fact]
    public void A_variable_without_a_value_is_named_with_its_line_and_the_objects_that_are_not_at_hand()
    {
        var problem = Open(Set("storage: {storageClass: \"${CLASS}\"}\n  size: ${SIZE}\n  again: ${CLASS}"));

        Assert.Equal(ProblemCode.Refused, problem!.Code);
        Assert.Equal("Flux variables have no value: ${CLASS} (apps/shop/cluster.yaml line 5)", problem.Message);
        Assert.Equal(
            "Kustomization databases in ks.yaml gives none, and ConfigMap settings, Secret cluster-secrets of its substituteFrom are not among the files; the variable itself would be sent to the API",
            problem.Detail);
        Assert.StartsWith("name the manifest as Flux renders it: flux build kustomization NAME --path FOLDER > rendered.yaml, then -f rendered.yaml; or set it in spec.postBuild.substitute", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_Kustomization_that_is_what_is_missing()
    {
        var problem = Open(new ManifestSet(Cluster("storage: {storageClass: \"${CLASS}\"}")));

        Assert.Equal("no Kustomization with spec.postBuild that builds this folder is among the files; the variable itself would be sent to the API", problem!.Detail);
        Assert.Contains("or add the Kustomization: -f ks.yaml", problem.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("value: ${CLASS:=fast}")]
    [InlineData("value: $${CLASS}")]
    [InlineData("value: ${N} # ${CLASS}")]
    public void What_has_a_value_or_is_no_variable_is_not_told(string spec) => Assert.Null(Open(Set(spec)));

    [Theory]
    [InlineData("annotations")]
    [InlineData("labels")]
    public void An_object_that_Flux_leaves_alone_has_no_variables(string metadata)
    {
        var set = Set("value: ${CLASS}${N}", $", {metadata}: {{kustomize.toolkit.fluxcd.io/substitute: disabled}}");

        Assert.Null(Open(set));
        Assert.Equal("${CLASS}${N}", set.ReadJson(null)["spec"]!["value"]!.GetValue<string>());
    }

    [Fact]
    public void What_looks_like_a_variable_in_a_live_Cluster_is_meant_so()
    {
        var live = JsonNode.Parse("""{"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","metadata":{"name":"shop"},"spec":{"one":"${CLASS:=fast}","two":"$${CLASS}"}}""")!;
        var set = new ManifestSet(LiveManifest.Of(live.AsObject()));

        Assert.Null(Open(set));
        Assert.Equal("""{"one":"${CLASS:=fast}","two":"$${CLASS}"}""", set.ReadJson(null)["spec"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void The_ObjectStore_that_the_Cluster_names_is_asked_too_unless_the_API_has_it()
    {
        const string Plugin = "plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: store}}]";
        var written = Store("store", "https://${ACCOUNT}.example.org");
        var live = LiveManifest.Of(JsonNode.Parse(
            """{"apiVersion":"barmancloud.cnpg.io/v1","kind":"ObjectStore","metadata":{"name":"store"},"spec":{"configuration":{"destinationPath":"s3://b","endpointURL":"https://me.example.org"}}}""")!.AsObject());
        var set = new ManifestSet(Cluster(Plugin), written, Store("unused", "${NOBODY}"));
        var known = new ManifestSet(Cluster(Plugin), written, live);

        Assert.Equal("Flux variables have no value: ${ACCOUNT} (store.yaml line 5)", Open(set)!.Message);
        Assert.Null(Open(known));
        Assert.Equal("https://me.example.org", known.Read(null).Destination!.Store!.EndpointUrl);
    }

    private static Problem? Open(ManifestSet set) => set.OpenVariables(null).ToProblem();

    private static ManifestSet Set(string spec, string metadata = "") => new(Cluster(spec, metadata), new ManifestFile("ks.yaml", Kustomization));

    private static ManifestFile Cluster(string spec, string metadata = "") => new("apps/shop/cluster.yaml", $$"""
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: shop{{metadata}}}
        spec:
          {{spec}}
        """);

    private static ManifestFile Store(string name, string endpoint) => new($"{name}.yaml", $$"""
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata: {name: {{name}}}
        spec:
          configuration: {destinationPath: s3://b, endpointURL: "{{endpoint}}"}
        """);
}
