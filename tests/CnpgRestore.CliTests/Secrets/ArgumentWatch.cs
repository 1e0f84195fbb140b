using System.Collections.Concurrent;
using System.Globalization;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Secrets;

/// <summary>The command lines of a program and its children, read again and again while it runs: what everybody on the machine can list.</summary>
static class ArgumentWatch
{
    public static async Task RunAsync(ToolProcess running, ConcurrentDictionary<string, string> seen, CancellationToken ct)
    {
        while (!running.HasExited)
        {
            foreach (var (process, arguments) in Descendants(running.ProcessId))
            {
                seen[string.Create(CultureInfo.InvariantCulture, $"argv of {Path.GetFileName(arguments.Split('\0')[0])} {process}")] = arguments;
            }

            await Task.Delay(1, ct);
        }
    }

    private static IEnumerable<(int Process, string Arguments)> Descendants(int process)
    {
        var text = Read($"/proc/{process}/cmdline");
        if (text.Length > 0)
        {
            yield return (process, text);
        }

        foreach (var task in Threads(process))
        {
            foreach (var child in Read($"/proc/{process}/task/{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                foreach (var found in Descendants(int.Parse(child, CultureInfo.InvariantCulture)))
                {
                    yield return found;
                }
            }
        }
    }

    private static string[] Threads(int process) =>
        Reading(() => Directory.GetDirectories($"/proc/{process}/task").Select(path => Path.GetFileName(path)).ToArray(), otherwise: []);

    private static string Read(string path) => Reading(() => File.ReadAllText(path), otherwise: "");

    private static T Reading<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (IOException)
        {
            // The process has ended.
            return otherwise;
        }
    }
}
