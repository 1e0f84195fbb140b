using System.CommandLine;

namespace CnpgRestore.Cli;

/// <summary>The options by which a command that only reads dumps finds them in a cluster.</summary>
sealed class RemoteDumps
{
    private readonly KubernetesOptions _kubernetes = new();

    public RemoteDumps(Command command)
    {
        Volumes.AddTo(command);
        _kubernetes.AddTo(command);
        command.Check(result =>
        {
            foreach (var error in Volumes.Errors(result))
            {
                result.AddError(error);
            }
        });
    }

    public DumpVolumeOptions Volumes { get; } = new();

    /// <summary>Opens them, and lets go of them at the end.</summary>
    public async Task<int> WithAsync(ParseResult parse, CliSession session, Func<DumpSource, Task<int>> read, CancellationToken ct)
    {
        if (Volumes.Read(parse) is not { } volume)
        {
            return await read(DumpSource.Local);
        }

        using var api = _kubernetes.Connect(parse, session.Clock);
        await using var source = await DumpSource.OpenAsync(api, volume, Volumes.Image(parse), cluster: null, session, ct);
        return await read(source);
    }
}
