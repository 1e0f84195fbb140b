using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>Runs from-dump and ends it with SIGKILL, by what its journal says or by the clock.</summary>
static class KilledRestore
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Kills a while after a line of the journal holds all these words.</summary>
    /// <returns>False where the run had come to its end before.</returns>
    public static async Task<bool> AtAsync(FromDumpScene scene, string[] words, TimeSpan after, params string[] arguments)
    {
        await using var running = ToolProcess.Start(scene.Command(arguments));
        while (!running.HasExited && !Journals(scene.State).Split('\n').Any(line => words.All(word => line.Contains(word, StringComparison.Ordinal))))
        {
            await Task.Delay(2, Ct);
        }

        await Task.Delay(after, Ct);
        if (running.HasExited)
        {
            return false;
        }

        // The program alone, as the kernel or a person ends it: psql and pg_restore go on, or notice.
        await running.SignalAsync("KILL", Ct);
        await running.WaitAsync(Ct);
        return true;
    }

    private static string Journals(string state)
    {
        var folder = Path.Combine(state, "runs");
        return Directory.Exists(folder) ? string.Concat(Directory.GetFiles(folder).Select(Read)) : "";
    }

    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
