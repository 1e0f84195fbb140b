using System.Globalization;

namespace CnpgRestore.TestServers;

/// <summary>What runs on this machine, by /proc.</summary>
public static class RunningProcesses
{
    /// <summary>Processes whose command line names a folder; not this one.</summary>
    public static IReadOnlyList<int> Naming(string folder) => Directory.EnumerateDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && id != Environment.ProcessId && CommandLineOf(id).Contains(folder, StringComparison.Ordinal))
        .ToList();

    /// <summary>Waits until no command line names a folder: who ends a program does not wait for all that this has started, such as a restore_command.</summary>
    /// <exception cref="TimeoutException">After a minute some still run, which the message names.</exception>
    public static async Task UntilNoneNamesAsync(string folder, CancellationToken ct)
    {
        var deadline = Task.Delay(TimeSpan.FromMinutes(1), ct);
        while (Naming(folder) is { Count: > 0 } left)
        {
            if (deadline.IsCompleted)
            {
                throw new TimeoutException($"still running: {string.Join(", ", left.Select(CommandLineOf))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>Empty where the process is gone.</summary>
    public static string CommandLineOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
