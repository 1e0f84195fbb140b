using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Secrets;

/// <summary>Everything that runs show and leave, and the canaries that must be in none of it, plain, in base64 or escaped for a URL.</summary>
sealed class SecretScan(params string[] canaries)
{
    private readonly ConcurrentDictionary<string, string> _seen = new();
    private int _runs;

    /// <summary>Where a canary may stand, because it is not ours to take away.</summary>
    public Func<string, string, bool> Allows { get; init; } = (_, _) => false;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Runs to the end, and takes down the argv of the program and its children, stdout and stderr.</summary>
    /// <param name="meanwhile">Looks at the world while it runs, again and again; gives what it sees by place.</param>
    public async Task<ToolResult> RunAsync(ToolCommand command, Func<Task<(string Place, string Text)>>? meanwhile = null)
    {
        var run = string.Create(CultureInfo.InvariantCulture, $"run {Interlocked.Increment(ref _runs)}");
        await using var running = ToolProcess.Start(command);
        var ending = running.WaitAsync(Ct);
        var watching = ArgumentWatch.RunAsync(running, _seen, Ct);
        for (var turn = 0; meanwhile is not null && !ending.IsCompleted; turn++)
        {
            var (place, text) = await meanwhile();
            _seen[string.Create(CultureInfo.InvariantCulture, $"{place}, {run}, look {turn}")] = text;
            // Each look is a program that starts, beside the one that is looked at.
            await Task.WhenAny(ending, Task.Delay(500, Ct));
        }

        var result = await ending;
        await watching;
        _seen[$"stdout of {run}"] = result.Output;
        _seen[$"stderr of {run}"] = result.Error;
        return result;
    }

    public void Add(string place, string text) => _seen[place] = text;

    /// <summary>Every file below a folder: journals, locks, reports.</summary>
    /// <param name="except">Names of files where the test itself has put a canary.</param>
    public void AddFolder(string folder, params string[] except)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => !except.Contains(Path.GetFileName(path))))
        {
            // As bytes: a canary is ASCII in whatever file.
            _seen[$"file {path}"] = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        }
    }

    /// <param name="places">Beginnings of places that must have been seen: a scan of nothing finds nothing.</param>
    public void AssertClean(params string[] places)
    {
        Assert.All(places, place => Assert.Contains(_seen.Keys, seen => seen.StartsWith(place, StringComparison.Ordinal)));
        foreach (var canary in canaries)
        {
            string[] forms = [canary, Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)).TrimEnd('='), Uri.EscapeDataString(canary)];
            Assert.All(_seen.Where(seen => !Allows(seen.Key, seen.Value)), seen => Assert.All(forms, form => Assert.False(seen.Value.Contains(form, StringComparison.Ordinal), $"{canary} is in {seen.Key}:\n{Around(seen.Value, form)}")));
        }
    }

    private static string Around(string text, string form)
    {
        var at = text.IndexOf(form, StringComparison.Ordinal);
        return at < 0 ? "" : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + form.Length + 50)];
    }
}
