using CnpgRestore;
using CnpgRestore.Cli;
using CnpgRestore.Cli.Output;

var commandLine = CommandLine.Create(TimeProvider.System);
var parse = commandLine.Parse(args);
using var interruption = new Interruption();
try
{
    return await CommandLine.InvokeAsync(parse, interruption.Token);
}
catch (RestoreException e)
{
    return ProblemOutput.Write(parse, e.Problem);
}
catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
{
    return ProblemOutput.Write(parse, interruption.Problem);
}
catch (Exception e) when (DiskErrors.Find(e) is { } problem)
{
    return ProblemOutput.Write(parse, problem);
}
#pragma warning disable CA1031 // The outermost frame: what nothing else caught is a defect, and is shown as one.
catch (Exception e)
#pragma warning restore CA1031
{
    return ProblemOutput.WriteBug(parse, e);
}
