using System.Diagnostics;

namespace CnpgRestore;

/// <summary>What another program said and how it ended.</summary>
sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs to the end, in the C locale, so that what it prints can be read. It is killed when <paramref name="ct"/> fires.</summary>
    /// <param name="environment">Variables beside those of this process.</param>
    public static async Task<ProgramRun> RunAsync(
        string file, IReadOnlyList<string> arguments, CancellationToken ct, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        // A program that needs a password shall fail instead of waiting for somebody to type it.
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new ProgramRun(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
