using System.Net;
using System.Security.Cryptography.X509Certificates;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>A server that is to prove who it is: with <c>sslmode=verify-full</c> and an authority of one's own.</summary>
public sealed class TlsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_loaded_unless_the_certificate_proves_that_the_server_is_the_one_that_is_asked_for()
    {
        using var folder = new TemporaryFolder("tls");
        using var authority = new PrivateAuthority();
        using var stranger = new PrivateAuthority();
        // Addresses of its own: the port is 5432, which a server of this machine may have.
        var (first, second) = (Random.Shared.Next(2, 255), Random.Shared.Next(2, 255));
        var (named, other) = (IPAddress.Parse($"127.{first}.{second}.3"), IPAddress.Parse($"127.{first}.{second}.4"));
        using var certificate = authority.Sign(named);
        var (root, wrong) = (await WriteAsync("root.crt", authority.Pem), await WriteAsync("stranger.crt", stranger.Pem));
        var key = await WriteAsync("server.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        var settings = new Dictionary<string, string>
        {
            ["ssl"] = "on",
            ["ssl_cert_file"] = await WriteAsync("server.crt", certificate.ExportCertificatePem()),
            ["ssl_key_file"] = key,
            ["listen_addresses"] = $"{named},{other}",
            ["hba_file"] = await WriteAsync("pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.0/8 trust\n"),
        };
        await PostgresUser.OwnAsync(folder.Path, Ct);
        await using var own = await PostgresServer.CreateAsync(new PostgresOptions { Settings = settings }, Ct);
        await using var scene = await FromDumpScene.CreateAsync(own);
        await scene.SpoilAsync();
        var spoiled = await scene.ContentAsync();

        await RefusedAsync(named, $"verify-full&sslrootcert={wrong}", "it is signed by CN=private authority, which is not trusted here", "name the authority that signed it");
        await RefusedAsync(named, $"require&sslrootcert={wrong}", "it is signed by CN=private authority", "name the authority that signed it");
        await RefusedAsync(named, "verify-full", "it is signed by CN=private authority", "name the authority that signed it");
        Assert.Contains("sslrootcert: there is no file /no-such.crt", (await RunAsync(named, "verify-full&sslrootcert=/no-such.crt")).Error, StringComparison.Ordinal);
        await RefusedAsync(other, $"verify-full&sslrootcert={root}", $"it is for {named}, not for {other}", "sslmode=verify-ca");
        await RefusedAsync(named, "disable", "no pg_hba.conf entry", "check the user of --to");
        Assert.Equal(spoiled, await scene.ContentAsync());
        foreach (var (engine, address, mode) in ((string, IPAddress, string)[])[("parallel", named, "verify-full"), ("psql", named, "verify-full"), ("psql", other, "verify-ca")])
        {
            var result = await RunAsync(address, $"{mode}&sslrootcert={root}", "--engine", engine);
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            Assert.Equal(scene.Expected, await scene.ContentAsync());
            (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();
            Assert.Equal(spoiled, await scene.ContentAsync());
        }

        // What this machine trusts, which libpq does not ask by itself.
        var trusted = scene.Command("from-dump", "--local", scene.Dump, "--to", Url(named, "verify-full"), "--engine", "psql", "--yes");
        trusted = trusted with { Environment = new Dictionary<string, string>(trusted.Environment) { ["SSL_CERT_FILE"] = root } };
        var known = await ToolProcess.RunAsync(trusted, Ct);
        Assert.True(known.ExitCode == 0, known.Output + known.Error);

        async Task RefusedAsync(IPAddress address, string mode, string why, string hint)
        {
            var result = await RunAsync(address, mode);
            Assert.True(result.ExitCode == 12, mode + result.Output + result.Error);
            Assert.Contains(why, result.Error, StringComparison.Ordinal);
            Assert.Contains(hint, result.Error, StringComparison.Ordinal);
        }

        Task<ToolResult> RunAsync(IPAddress address, string mode, params string[] options) =>
            scene.RunAsync(["from-dump", "--local", scene.Dump, "--to", Url(address, mode), "--yes", .. options]);

        string Url(IPAddress address, string mode) => $"postgres://postgres@{address}/{scene.Live.Name}?sslmode={mode}";

        async Task<string> WriteAsync(string name, string text)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, name), text, Ct);
            return Path.Combine(folder.Path, name);
        }
    }
}
