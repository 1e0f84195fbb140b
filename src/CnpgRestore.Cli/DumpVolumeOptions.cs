using System.CommandLine;
using System.CommandLine.Parsing;
using CnpgRestore.Kubernetes.DumpLoad;

namespace CnpgRestore.Cli;

/// <summary>Dumps that are in the cluster, and are read through a short-lived pod.</summary>
/// <param name="loads">Whether the command also loads what it reads.</param>
sealed class DumpVolumeOptions(bool loads = false)
{
    private readonly Option<string?> _nfs = new("--nfs") { Description = "Dumps on an NFS export that the cluster mounts: read through a short-lived pod.", HelpName = "SERVER:PATH" };

    private readonly Option<string?> _claim = new("--pvc") { Description = "Dumps on a PersistentVolumeClaim of the namespace, likewise.", HelpName = "NAME" };

    private readonly Option<string?> _hostPath = new("--host-path") { Description = "Dumps in a folder of the node, likewise.", HelpName = "PATH" };

    private readonly Option<string?> _image = new("--image") { Description = "Image of that pod, with sh, find, cat and pg_restore. Default: that of the Cluster." + (loads ? " One that has cnpg-restore as well loads in a Job, next to the dump." : ""), HelpName = "IMAGE" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_nfs, _claim, _hostPath, _image])
        {
            command.Options.Add(option);
        }
    }

    public bool IsIn(CommandResult result) => Given(result).Any();

    /// <summary>What is wrong with them, sentence by sentence.</summary>
    public IEnumerable<string> Errors(CommandResult result)
    {
        if (Given(result).Count() > 1)
        {
            yield return "--nfs, --pvc and --host-path exclude each other.";
        }

        if (result.GetValue(_nfs) is { } nfs && DumpVolume.TryParse($"nfs:{nfs}") is null)
        {
            yield return $"'{nfs}' is not valid for --nfs; expected something like nas.lan:/volume1/backups.";
        }

        if (result.GetValue(_hostPath) is { } path && !path.StartsWith('/'))
        {
            yield return $"'{path}' is not valid for --host-path; expected something like /srv/backups.";
        }

        if (result.GetResult(_image) is { Implicit: false } && !IsIn(result))
        {
            yield return "--image goes with --nfs, --pvc or --host-path.";
        }
    }

    /// <summary>Null: the dumps are on this machine.</summary>
    public DumpVolume? Read(ParseResult parse) =>
        parse.GetValue(_nfs) is { } nfs ? DumpVolume.TryParse($"nfs:{nfs}")
        : parse.GetValue(_claim) is { } claim ? new DumpVolume.Claim(claim)
        : parse.GetValue(_hostPath) is { } path ? new DumpVolume.HostPath(path)
        : null;

    public string? Image(ParseResult parse) => parse.GetValue(_image);

    private IEnumerable<Option> Given(CommandResult result) => ((Option[])[_nfs, _claim, _hostPath]).Where(option => result.GetResult(option) is { Implicit: false });
}
