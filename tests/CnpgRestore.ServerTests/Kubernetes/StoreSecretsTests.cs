using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

public sealed class StoreSecretsTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_are_found_by_their_references_whatever_the_keys_are_called()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await WriteAsync(scene, "s3", ("id", "AKIA"), ("geheim", "hush"), ("where", "eu-1"));
        await WriteAsync(scene, "ca", ("ca.crt", "-----BEGIN CERTIFICATE-----\n"));

        var found = await StoreSecrets.ReadAsync(scene.Api, scene.Namespace, Store("id", "geheim", ("region", "where")), Ct);

        Assert.Equal(("AKIA", "hush", "eu-1", "-----BEGIN CERTIFICATE-----\n"), (found.AccessKeyId, found.SecretAccessKey!.Reveal(), found.Region, found.EndpointCa));
        Assert.Null(found.SessionToken);
        Assert.Empty(found.Warnings);
        Assert.Equal("AKIA", found.ToS3()!.AccessKeyId);
    }

    [Fact]
    public async Task A_trailing_newline_is_taken_off_and_told_without_the_value()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await WriteAsync(scene, "s3", ("id", "AKIA"), ("geheim", "hush\n"));
        await WriteAsync(scene, "ca", ("ca.crt", "PEM"));

        var found = await StoreSecrets.ReadAsync(scene.Api, scene.Namespace, Store("id", "geheim"), Ct);

        Assert.Equal("hush", found.SecretAccessKey!.Reveal());
        var warning = Assert.Single(found.Warnings);
        Assert.StartsWith("key geheim of secret s3 ends in a newline", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_Secret_and_a_missing_key_are_named()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);

        var noSecret = await Assert.ThrowsAsync<RestoreException>(() => StoreSecrets.ReadAsync(scene.Api, scene.Namespace, Store("id", "geheim"), Ct));
        await WriteAsync(scene, "s3", ("id", "AKIA"));
        var noKey = await Assert.ThrowsAsync<RestoreException>(() => StoreSecrets.ReadAsync(scene.Api, scene.Namespace, Store("id", "geheim"), Ct));

        Assert.Equal((ProblemCode.NotFound, $"secret s3 in namespace {scene.Namespace}, which accessKeyId names, does not exist"), (noSecret.Problem.Code, noSecret.Problem.Message));
        Assert.Equal((ProblemCode.NotFound, $"secret s3 in namespace {scene.Namespace} has no key geheim, which secretAccessKey names", "it has id"), (noKey.Problem.Code, noKey.Problem.Message, noKey.Problem.Detail));
    }

    [Fact]
    public async Task An_inherited_identity_has_nothing_to_read()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);

        var found = await StoreSecrets.ReadAsync(
            scene.Api, scene.Namespace, JsonNode.Parse("""{"destinationPath":"s3://bucket","s3Credentials":{"inheritFromIAMRole":true}}""")!.AsObject(), Ct);

        Assert.True(found.InheritsIdentity);
        Assert.Null(found.ToS3());
    }

    [Fact]
    public async Task A_store_that_is_no_S3_is_refused()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var azure = JsonNode.Parse("""{"destinationPath":"https://account.blob.core.windows.net/c","azureCredentials":{"inheritFromAzureAD":true}}""")!.AsObject();

        var refused = await Assert.ThrowsAsync<RestoreException>(() => StoreSecrets.ReadAsync(scene.Api, scene.Namespace, azure, Ct));

        Assert.Equal(ProblemCode.Refused, refused.Problem.Code);
    }

    private static JsonObject Store(string idKey, string secretKey, params (string Field, string Key)[] more)
    {
        var credentials = new JsonObject { ["accessKeyId"] = Key("s3", idKey), ["secretAccessKey"] = Key("s3", secretKey) };
        foreach (var (field, key) in more)
        {
            credentials[field] = Key("s3", key);
        }

        return new JsonObject { ["destinationPath"] = "s3://bucket", ["endpointCA"] = Key("ca", "ca.crt"), ["s3Credentials"] = credentials };
    }

    private static JsonObject Key(string name, string key) => new() { ["name"] = name, ["key"] = key };

    private static Task WriteAsync(ApiScene scene, string name, params (string Key, string Value)[] entries) => scene.Api.CreateAsync(
        ResourceTypes.Secrets,
        scene.Namespace,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["stringData"] = new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create(entry.Value)))),
        },
        WriteOptions.Default,
        Ct);
}
