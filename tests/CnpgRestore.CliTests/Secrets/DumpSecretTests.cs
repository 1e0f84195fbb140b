using CnpgRestore.CliTests.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Secrets;

/// <summary>PostgreSQL's passwords: the one that opens the server, by PGPASSWORD and by ~/.pgpass, a wrong one, and those that stand in a dump.</summary>
public sealed class DumpSecretTests : IAsyncLifetime
{
    private const string Password = "pgPasswordCanary19bc";
    private const string WrongPassword = "wrongPasswordCanary8d2e";
    private const string InDump = "passwordInDumpCanary5e70";

    private PostgresServer _server = null!;
    private FromDumpScene _scene = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Url => $"postgres://keeper@{Uri.EscapeDataString(_server.Folder)}:5432/{_scene.Live.Name}";

    public async ValueTask InitializeAsync()
    {
        // Of its own: one user of it needs a password.
        _server = await PostgresServer.CreateAsync(new PostgresOptions(), Ct);
        await _server.ExecuteAsync($"CREATE ROLE keeper SUPERUSER LOGIN PASSWORD '{Password}'", Ct);
        var access = Path.Combine(_server.DataDirectory, "pg_hba.conf");
        await File.WriteAllTextAsync(access, $"local all keeper scram-sha-256\n{await File.ReadAllTextAsync(access, Ct)}", Ct);
        await _server.ExecuteAsync("SELECT pg_reload_conf()", Ct);
        _scene = await FromDumpScene.CreateAsync(_server);
        await _scene.SpoilAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("PGPASSWORD", "parallel")]
    [InlineData("PGPASSWORD", "psql", Explicit = true)]
    [InlineData("~/.pgpass", "psql")]
    [InlineData("~/.pgpass", "parallel", Explicit = true)]
    public async Task No_password_is_in_what_a_restore_shows_and_leaves(string place, string engine)
    {
        var scan = new SecretScan(Password, WrongPassword);
        string[] restore = ["from-dump", "--local", _scene.Dump, "--to", Url, "--yes", "--engine", engine];

        var wrong = await scan.RunAsync(await WithAsync(place, WrongPassword, [.. restore, "-v"]));
        var right = await scan.RunAsync(await WithAsync(place, Password, [.. restore, "-v"]));
        var verify = await scan.RunAsync(await WithAsync(place, Password, "verify", "--to", Url, "--dump", _scene.Dump, "-o", "json", "-v"));
        var sequences = await scan.RunAsync(await WithAsync(place, Password, "sequences", "--to", Url, "-o", "yaml"));
        var undo = await scan.RunAsync(await WithAsync(place, Password, "runs", "undo", _scene.Run, "-v", "--yes"));
        var again = await scan.RunAsync(await WithAsync(place, Password, [.. restore, "-o", "json", "-v"]));
        var resume = await scan.RunAsync(await WithAsync(place, WrongPassword, "runs", "commit", _scene.Run, "--yes", "-o", "json"));

        Assert.True(wrong.ExitCode == 12, wrong.Error);
        Assert.All([right, verify, sequences, undo, again], result => Assert.True(result.ExitCode == 0, result.Command + result.Output + result.Error));
        Assert.True(resume.ExitCode == 12, resume.Error);
        scan.AddFolder(_scene.Folder, ".pgpass");
        // Comments are written on databases, and statements into the server's log.
        scan.Add("marks", await _server.QueryAsync<string>("SELECT coalesce(string_agg(description, ' '), '') FROM pg_shdescription", Ct));
        scan.Add("server's log", _server.Log);
        scan.AssertClean("argv of cnpg-restore", $"file {_scene.State}/runs/", "stderr of run 1", "stdout of run 6", "marks");
    }

    [Fact]
    public async Task A_password_in_the_URL_is_warned_of_and_goes_no_further_than_the_command_line_that_has_it()
    {
        var url = Url.Replace("keeper@", $"keeper:{Password}@", StringComparison.Ordinal);
        var scan = new SecretScan(Password);
        var command = await WithAsync("nowhere", "", "from-dump", "--local", _scene.Dump, "--to", url, "--yes", "--engine", "psql", "-v", "-o", "json");

        var result = await ToolProcess.RunAsync(command, Ct);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("warning: the password in --to is visible to everybody", result.Error, StringComparison.Ordinal);
        scan.Add("stdout", result.Output);
        scan.Add("stderr", result.Error);
        scan.AddFolder(_scene.Folder);
        scan.AssertClean("stdout", "stderr", $"file {_scene.State}/runs/");
    }

    [Theory]
    [InlineData("parallel")]
    [InlineData("psql")]
    [InlineData("pg_restore")]
    public async Task A_password_in_a_statement_of_the_dump_that_fails_is_not_in_the_message(string engine)
    {
        await _server.ExecuteAsync("CREATE ROLE reader", Ct);
        await _scene.Live.ExecuteAsync($"CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE USER MAPPING FOR reader SERVER far OPTIONS (password '{InDump}')", Ct);
        var dump = Path.Combine(_scene.Folder, "mapped");
        await _scene.Live.DumpAsync(Ct, [engine == "pg_restore" ? "-Fc" : "-Fp", "-f", dump]);
        await _scene.Live.ExecuteAsync("DROP USER MAPPING FOR reader SERVER far", Ct);
        await _server.ExecuteAsync("DROP ROLE reader", Ct);
        var scan = new SecretScan(InDump, Password);
        string[] chosen = engine == "pg_restore" ? [] : ["--engine", engine];

        var failed = await scan.RunAsync(await WithAsync("PGPASSWORD", Password, ["from-dump", "--local", dump, "--to", Url, "--yes", "-v", .. chosen]));

        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("reader", failed.Error, StringComparison.Ordinal);
        scan.AddFolder(_scene.Folder, "mapped");
        scan.AssertClean("argv of cnpg-restore", "stderr of run 1");
    }

    private async Task<ToolCommand> WithAsync(string place, string password, params string[] arguments)
    {
        var command = _scene.Command(arguments);
        var environment = new Dictionary<string, string>(command.Environment);
        environment.Remove("PGPASSWORD");
        if (place == "~/.pgpass")
        {
            var file = Path.Combine(_scene.Folder, ".pgpass");
            await File.WriteAllTextAsync(file, $"*:*:*:keeper:{password}\n", Ct);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            environment["PGPASSFILE"] = file;
        }
        else if (place == "PGPASSWORD")
        {
            environment["PGPASSWORD"] = password;
        }

        return command with { Environment = environment };
    }
}
