using System.Diagnostics;
using System.Globalization;

namespace CnpgRestore.TestServers;

/// <summary>A running program whose output is captured. Disposing it leaves nothing running, its children included.</summary>
public sealed class ToolProcess : IAsyncDisposable
{
    private readonly ToolCommand _command;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ToolProcess(ToolCommand command, Process process)
    {
        _command = command;
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public static ToolProcess Start(ToolCommand command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start");
        process.StandardInput.Write(command.Input);
        process.StandardInput.Close();
        return new ToolProcess(command, process);
    }

    /// <summary>Runs a program to its end; see <see cref="ToolResult.Succeeded"/> for the exit code.</summary>
    public static async Task<ToolResult> RunAsync(ToolCommand command, CancellationToken ct)
    {
        await using var tool = Start(command);
        return await tool.WaitAsync(ct);
    }

    public async Task<ToolResult> WaitAsync(CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(_command.Timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return new ToolResult(_command.ToString(), _process.ExitCode, await _output, await _error);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            Kill();
            throw new TimeoutException($"{_command}\ndid not end within {_command.Timeout}\n{await _output}{await _error}", e);
        }
    }

    /// <summary>SIGKILL to the program and all its children, as a power cut would end them.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Sends a signal by its name, for example <c>INT</c>, to the program alone.</summary>
    public async Task SignalAsync(string signal, CancellationToken ct) =>
        (await RunAsync(new ToolCommand("bash", "-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {_process.Id}")), ct)).Succeeded();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
