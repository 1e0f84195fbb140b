using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli;

/// <summary>Where the dumps of a command lie, opened.</summary>
sealed class DumpSource : IAsyncDisposable
{
    private readonly DumpPod? _pod;

    private DumpSource(DumpPod? pod) => _pod = pod;

    public static DumpSource Local { get; } = new(pod: null);

    public IDumpPlace Place => _pod?.Place ?? LocalDumps.Instance;

    /// <summary>Of the pod that reads; null on this machine.</summary>
    public string? Image => _pod?.Image;

    /// <param name="volume">Null: this machine.</param>
    /// <param name="cluster">Whose image is taken; null for any of the namespace.</param>
    public static async Task<DumpSource> OpenAsync(KubernetesApi? api, DumpVolume? volume, string? image, string? cluster, CliSession session, CancellationToken ct)
    {
        if (volume is null)
        {
            return Local;
        }

        if (api is null)
        {
            throw new RestoreException(ProblemCode.Usage, $"the dumps are in a cluster ({volume}), and no CLUSTER is given", null, "cnpg-restore from-dump --help");
        }

        return new DumpSource(await DumpPod.StartAsync(api, volume, image, cluster, session.Clock, ct));
    }

    /// <summary>A path as the place has it, of one that a person has written.</summary>
    public string PathOf(string? path) => _pod is null ? Path.GetFullPath(path ?? ".") : path is null ? ReaderPod.Mount : $"{ReaderPod.Mount}/{path.TrimStart('/')}";

    public async ValueTask DisposeAsync()
    {
        if (_pod is not null)
        {
            await _pod.DisposeAsync();
        }
    }
}
