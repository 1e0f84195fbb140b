using System.Diagnostics;

namespace CnpgRestore.LocalRestore;

/// <summary>What a program of PostgreSQL's said and how it ended.</summary>
sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs to the end, in the C locale, so that what it prints can be read. It is killed when <paramref name="ct"/> fires.</summary>
    public static async Task<ProgramRun> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
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
