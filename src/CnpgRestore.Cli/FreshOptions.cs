using System.CommandLine;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Cli;

/// <summary>What <c>--strategy fresh</c> takes beside the dump, with the names of from-backup.</summary>
sealed class FreshOptions
{
    private readonly Option<string[]> _files = new("--file", "-f")
    {
        Description = "With fresh: manifest of the Cluster; again for files that belong to it. Default: the live Cluster.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _owner = new("--owner") { Description = "Owner of a database that does not exist yet. Default: from the manifest (fresh), else from the dump, else the application of CLUSTER or who connects.", HelpName = "NAME" };

    private readonly Option<Lineage?> _lineage = Arg.Choice<Lineage>(
        "--lineage",
        [],
        "With fresh: new: archive under a new server name. move: rename the folder first. Default: new, or move where Git fixes the name.",
        "new",
        "move");

    private readonly Option<string?> _archiveName = Arg.ServerFolder("--archive-name", "With fresh: server folder that the new Cluster archives to.");

    private readonly Option<ApplyMode?> _apply = Arg.Choice<ApplyMode>(
        "--apply",
        [],
        "With fresh: api: create the Cluster. git: also write and commit the manifest. none: write it and wait until it is applied. Default: api.",
        "api",
        "git",
        "none");

    private readonly Option<bool> _push = new("--push") { Description = "With --apply git: push the commit to the branch's upstream." };

    private readonly Option<bool> _loseOthers = new("--lose-others") { Description = "With fresh: delete the Cluster although it holds other databases than the one that is restored." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_files, _owner, _lineage, _archiveName, _apply, _push, _loseOthers])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What is wrong with them, sentence by sentence.</summary>
    public IEnumerable<string> Errors(System.CommandLine.Parsing.CommandResult result, bool isFresh)
    {
        foreach (var option in ((Option[])[_files, _lineage, _archiveName, _apply, _push, _loseOthers]).Where(option => !isFresh && result.GetResult(option) is { Implicit: false }))
        {
            yield return $"{option.Name} goes with --strategy fresh.";
        }

        if (result.GetValue(_apply) is ApplyMode.Git or ApplyMode.None && result.GetResult(_files) is null)
        {
            yield return "--apply git and --apply none need the manifest: --file.";
        }

        if (result.GetResult(_push) is { Implicit: false } && result.GetValue(_apply) != ApplyMode.Git)
        {
            yield return "--push goes with --apply git.";
        }
    }

    public string? Owner(ParseResult parse) => parse.GetValue(_owner);

    public FreshRequest Read(ParseResult parse, string ns, string cluster) => new()
    {
        Cluster = cluster,
        Namespace = ns,
        Owner = parse.GetValue(_owner),
        Lineage = parse.GetValue(_lineage),
        ArchiveName = parse.GetValue(_archiveName),
        Files = parse.GetValue(_files) ?? [],
        Apply = parse.GetValue(_apply) ?? ApplyMode.Api,
        Push = parse.GetValue(_push),
        LosesOthers = parse.GetValue(_loseOthers),
    };
}
