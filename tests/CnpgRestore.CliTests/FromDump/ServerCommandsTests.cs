using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary><c>sequences</c> and <c>verify</c> on the real program: exit codes and documents.</summary>
public sealed class ServerCommandsTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sequences_that_lag_are_shown_set_and_then_no_longer_shown()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.Live.QueryAsync<long>("SELECT setval('sales.customers_id_seq', 3)", Ct);

        var shown = await scene.RunAsync("sequences", "--to", scene.Live.Url);
        var set = await scene.RunAsync("sequences", "--to", scene.Live.Url, "--fix", "-o", "json");
        var again = await scene.RunAsync("sequences", "--to", scene.Live.Url, "-o", "yaml");

        Assert.Equal((3, 0, 0), (shown.ExitCode, set.ExitCode, again.ExitCode));
        Assert.Contains("sales.customers_id_seq", shown.Output, StringComparison.Ordinal);
        var document = JsonDocument.Parse(set.Output).RootElement;
        Assert.Equal((0, 1), (document.GetProperty("behind").GetInt32(), document.GetProperty("fixed").GetInt32()));
        Assert.Contains("behind: 0", again.Output, StringComparison.Ordinal);
        Assert.Equal(201, await scene.Live.QueryAsync<long>("SELECT nextval('sales.customers_id_seq')", Ct));
    }

    [Fact]
    public async Task Verify_compares_with_the_dump_and_with_a_baseline()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.Live.ExecuteAsync("ANALYZE", Ct);
        var baseline = Path.Combine(scene.Folder, "before.json");
        var saved = await scene.RunAsync("verify", "--to", scene.Live.Url, "--save", baseline, "-o", "json");
        Assert.Equal(0, saved.ExitCode);
        Assert.Equal($$"""{"message_type":"summary","database":"{{scene.Live.Name}}","tables":3,"rows":20200,"file":"{{baseline}}"}""", saved.Output.Trim());
        Assert.Equal(0, (await scene.RunAsync("verify", "--to", scene.Live.Url, "--dump", scene.Dump)).ExitCode);
        Assert.Equal(0, (await scene.RunAsync("verify", "--to", scene.Live.Url, "--baseline", baseline)).ExitCode);
        await scene.Live.ExecuteAsync("DELETE FROM sales.orders WHERE id = 5", Ct);

        var byDump = await scene.RunAsync("verify", "--to", scene.Live.Url, "--dump", scene.Dump);
        var byBaseline = await scene.RunAsync("verify", "--to", scene.Live.Url, "--baseline", baseline, "-o", "json");

        Assert.Equal((3, 3), (byDump.ExitCode, byBaseline.ExitCode));
        Assert.Contains("19999 rows instead of 20000", byDump.Output, StringComparison.Ordinal);
        var difference = JsonDocument.Parse(byBaseline.Output).RootElement.GetProperty("differences")[0];
        Assert.Equal(("rows", "sales.orders"), (difference.GetProperty("kind").GetString(), difference.GetProperty("subject").GetString()));
        Assert.Equal(2, (await scene.RunAsync("verify", "--to", scene.Live.Url, "--dump", scene.Dump, "--baseline", baseline)).ExitCode);
        Assert.Equal(10, (await scene.RunAsync("verify", "--to", scene.Live.Url, "--dump", "/no/such/file")).ExitCode);
    }
}
