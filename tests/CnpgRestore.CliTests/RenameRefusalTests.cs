using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>Everything that <c>rename</c> refuses: the exit code, the runbook's words, and a bucket in which nothing was written.</summary>
public sealed class RenameRefusalTests(TestBed bed)
{
    private static readonly HashSet<S3Operation> Writes =
        [S3Operation.PutObject, S3Operation.CopyObject, S3Operation.CreateUpload, S3Operation.CopyPart, S3Operation.CompleteUpload, S3Operation.AbortUpload, S3Operation.DeleteObjects, S3Operation.PutTagging, S3Operation.Other];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_that_does_not_exist()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        await AssertRefusedAsync(scene, ["postgres-v16", "postgres-v16-backup", "--yes"], 10, "Source folder does not exist: postgres-v16", "postgres-v17");
    }

    [Fact]
    public async Task A_source_in_an_empty_bucket()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 0);

        await AssertRefusedAsync(scene, ["postgres-v17", "b", "--yes"], 10, "Source folder does not exist: postgres-v17", "holds no folder at all");
    }

    [Fact]
    public async Task A_source_whose_name_is_only_the_beginning_of_another_one()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        await AssertRefusedAsync(scene, ["postgres-v1", "b", "--yes"], 10, "Source folder does not exist: postgres-v1");
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("-r")]
    public async Task A_target_that_holds_something_else(string option)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        await scene.PutAsync($"{RenameScene.Target}/base/20250101T000000/backup.info", "status=DONE");

        await AssertRefusedAsync(scene, Move(option), 15, "Target folder already exists: postgres-v17-backup", "base/20250101T000000/backup.info", "cnpg-restore rename postgres-v17 postgres-v17-backup2");
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("-r")]
    public async Task A_target_of_another_lineage_with_the_same_names_and_sizes(string option)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        await scene.S3.PutAsync(scene.TargetFolder, SampleFolder.Create(segments: 3, 'b'), Ct);

        await AssertRefusedAsync(scene, Move(option), 15, "Target folder already exists: postgres-v17-backup", "9 differ from it");
    }

    [Fact]
    public async Task A_target_of_another_lineage_that_is_older_and_smaller()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        await scene.S3.PutAsync(scene.TargetFolder, SampleFolder.Create(segments: 1, 'b'), Ct);

        await AssertRefusedAsync(scene, Move("-r"), 15, "Target folder already exists: postgres-v17-backup");
    }

    [Fact]
    public async Task Source_and_target_the_same()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        await AssertRefusedAsync(scene, ["postgres-v17", "postgres-v17", "--yes"], 2, "source and target are the same folder, postgres-v17");
    }

    [Theory]
    [InlineData("postgres-v17", "postgres-v17/inside")]
    [InlineData("postgres-v17/", "b")]
    [InlineData("postgres-v17", "/b")]
    [InlineData("postgres-v17", "..")]
    [InlineData(".", "b")]
    public async Task Names_that_are_no_folder_names(string source, string target)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        await AssertRefusedAsync(scene, [source, target, "--yes"], 2, "is not a folder name", "cnpg-restore rename postgres-v17 postgres-v17-backup");
    }

    [Fact]
    public async Task No_consent_and_nobody_to_ask()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        await AssertRefusedAsync(scene, ["postgres-v17", "b", "-r"], 15, "not confirmed; nothing was changed", "--yes", "--dry-run");
    }

    [Theory]
    [InlineData("--bucket", "cloudnative-pg", "'cloudnative-pg' is not valid for --bucket")]
    [InlineData("--endpoint", "gateway", "'gateway' is not valid for --endpoint")]
    [InlineData("--parallel", "0", "--parallel takes a number from 1 to 512")]
    [InlineData("--verify", "half", "half")]
    [InlineData("--endpoint-ca", "/missing.pem", "/missing.pem is no readable PEM file")]
    [InlineData("--no-such-option", "x", "--no-such-option")]
    public async Task Options_that_are_wrong(string option, string value, string words)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        await AssertRefusedAsync(scene, ["postgres-v17", "b", "--yes", option, value], 2, words);
    }

    [Fact]
    public async Task A_bucket_variable_that_is_no_address() =>
        await AssertRefusedAsync(2, ["'cloudnative-pg' is not valid for CNPG_RESTORE_BUCKET"], ("CNPG_RESTORE_BUCKET", "cloudnative-pg"));

    [Fact]
    public async Task No_credentials() => await AssertRefusedAsync(12, ["no S3 credentials are configured", "AWS_ACCESS_KEY_ID"], ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""));

    [Fact]
    public async Task A_profile_that_does_not_exist() =>
        await AssertRefusedAsync(12, ["the S3 profile 'production' does not exist", "AWS_PROFILE"], ("AWS_ACCESS_KEY_ID", ""), ("AWS_PROFILE", "production"));

    [Fact]
    public async Task A_wrong_secret() => await AssertRefusedAsync(12, ["Access denied", "AWS_SECRET_ACCESS_KEY"], ("AWS_SECRET_ACCESS_KEY", "wrong"));

    [Fact]
    public async Task An_unknown_key() => await AssertRefusedAsync(12, ["Access denied", "AKNOBODY"], ("AWS_ACCESS_KEY_ID", "AKNOBODY"));

    [Fact]
    public async Task A_stranger() => await AssertRefusedAsync(
        12, ["Access denied", "s3:ListBucket"], ("AWS_ACCESS_KEY_ID", S3Server.StrangerAccessKey), ("AWS_SECRET_ACCESS_KEY", S3Server.StrangerSecretKey));

    [Fact]
    public async Task An_endpoint_where_nobody_listens() => await AssertRefusedAsync(13, ["Connection refused", "--endpoint"], ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"));

    [Fact]
    public async Task An_endpoint_whose_name_does_not_resolve() =>
        await AssertRefusedAsync(13, ["the host name does not resolve", "--endpoint"], ("AWS_ENDPOINT_URL", "http://gateway.invalid"));

    [Fact]
    public async Task A_bucket_that_does_not_exist()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);

        await AssertRefusedAsync(scene, ["postgres-v17", "b", "--yes", "--bucket", "s3://no-such-bucket-here"], 10, "bucket no-such-bucket-here does not exist", "--bucket");
    }

    [Fact]
    public async Task A_certificate_of_a_private_authority_unless_it_is_named()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);
        await using var tls = TlsFront.Start(scene.S3.Endpoint);
        var authority = Path.Combine(scene.State, "ca.pem");
        await File.WriteAllBytesAsync(authority, System.Text.Encoding.ASCII.GetBytes(tls.AuthorityPem), Ct);

        await AssertRefusedAsync(scene, ["postgres-v17", "b", "--yes", "--endpoint", tls.Endpoint], 13, "is not trusted", "--endpoint-ca");
        var named = await scene.RunAsync("postgres-v17", "b", "--yes", "--endpoint", tls.Endpoint, "--endpoint-ca", authority);
        Assert.Equal(0, named.ExitCode);
        var byVariable = await ToolProcess.RunAsync(scene.Command(["postgres-v17", "c", "--yes", "--endpoint", tls.Endpoint], ("AWS_CA_BUNDLE", authority)), Ct);
        Assert.Equal(0, byVariable.ExitCode);
    }

    [Fact]
    public async Task A_profile_file_is_enough()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);
        var profiles = Path.Combine(scene.State, "credentials");
        await File.WriteAllLinesAsync(profiles, ["[backup]", $"aws_access_key_id = {S3Server.AccessKey}", $"aws_secret_access_key = {S3Server.SecretKey}"], Ct);

        var result = await ToolProcess.RunAsync(scene.Command(["postgres-v17", "b", "--yes"],
            ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""), ("AWS_PROFILE", "backup"), ("AWS_SHARED_CREDENTIALS_FILE", profiles)), Ct);

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_key_that_may_write_but_not_delete_ends_after_the_proof_and_is_told_what_it_lacks()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 3);
        await PermitAsync("s3:ListBucket", "s3:GetObject", "s3:PutObject");
        var before = await scene.SourceAsync();

        var result = await MoveAsync();

        Assert.Equal(12, result.ExitCode);
        Assert.Contains("Access denied", result.Error, StringComparison.Ordinal);
        Assert.Contains("DeleteObject", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await scene.SourceAsync());
        Assert.Equal(before, (await scene.TargetAsync()));
        // The copies belong to that key, and the bucket's owner may not read them: the source is then all that the owner has.
        Assert.Equal(12, (await scene.MoveAsync("-r")).ExitCode);
        Assert.Equal(before, await scene.SourceAsync());
        await PermitAsync("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject");
        Assert.Equal(0, (await MoveAsync()).ExitCode);

        Task<ToolResult> MoveAsync() => ToolProcess.RunAsync(
            scene.Command(Move("-r"), ("AWS_ACCESS_KEY_ID", S3Server.StrangerAccessKey), ("AWS_SECRET_ACCESS_KEY", S3Server.StrangerSecretKey)), Ct);

        Task PermitAsync(params string[] actions) => scene.S3.Client.PutBucketPolicyAsync(
            new()
            {
                BucketName = scene.Bucket,
                Policy = $$"""
                    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/stranger"]},
                    "Action":[{{string.Join(',', actions.Select(action => $"\"{action}\""))}}],"Resource":["arn:aws:s3:::{{scene.Bucket}}","arn:aws:s3:::{{scene.Bucket}}/*"]}]}
                    """,
            },
            Ct);
    }

    private static string[] Move(string option) => option == "copy" ? [RenameScene.Source, RenameScene.Target, "--yes"] : [RenameScene.Source, RenameScene.Target, "--yes", option];

    private async Task AssertRefusedAsync(int exitCode, string[] words, params (string, string)[] environment)
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 1);
        await AssertRefusedAsync(scene, scene.Command(Move("-r"), environment), exitCode, words);
    }

    private static Task AssertRefusedAsync(RenameScene scene, string[] arguments, int exitCode, params string[] words) =>
        AssertRefusedAsync(scene, scene.Command(arguments), exitCode, words);

    private static async Task AssertRefusedAsync(RenameScene scene, ToolCommand command, int exitCode, string[] words)
    {
        var before = await scene.EverythingAsync();

        var result = await ToolProcess.RunAsync(command, Ct);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.All(words, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
        Assert.StartsWith("error:", result.Error.Split('\n').First(line => line.Contains("error:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("", result.Output);
        Assert.Equal(before, await scene.EverythingAsync());
        Assert.DoesNotContain(scene.Proxy.Calls, call => Writes.Contains(call.Operation));
    }
}
