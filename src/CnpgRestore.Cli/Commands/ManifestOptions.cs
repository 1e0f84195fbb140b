using System.CommandLine;
using CnpgRestore.Manifests;

namespace CnpgRestore.Cli.Commands;

/// <summary>What both manifest commands take.</summary>
sealed class ManifestOptions
{
    private readonly Option<string[]> _files = new("--file", "-f")
    {
        Description = "Manifest to edit; again for files that belong to it (a Flux Kustomization, an ObjectStore). Those near it are found by themselves.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> _cluster = new("--cluster") { Description = "Which Cluster, where the file holds several.", HelpName = "NAME" };

    private readonly Option<string?> _archiveName = Arg.ServerFolder("--archive-name", "Server folder that the new cluster archives to; default: as the manifest says.");

    private readonly Option<string> _database = new("--database") { Description = "Application database; default: from the manifest.", HelpName = "NAME" };

    private readonly Option<string> _owner = new("--owner") { Description = "Its owner; default: from the manifest.", HelpName = "NAME" };

    private readonly Option<string> _secret = new("--secret") { Description = "Secret with the owner's password, with --database and --owner.", HelpName = "NAME" };

    private readonly Option<bool> _diff = new("--diff") { Description = "Print a unified diff instead of the file." };

    private readonly Option<bool> _inPlace = new("--in-place") { Description = "Write the files." };

    public void AddTo(Command command)
    {
        Option[] options = [_files, _cluster, _archiveName, _database, _owner, _secret, _diff, _inPlace];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.Check(result =>
        {
            // The operator wants both or none.
            if (result.GetResult(_database) is null != result.GetResult(_owner) is null)
            {
                result.AddError("--database and --owner go together.");
            }

            if (result.GetResult(_secret) is not null && result.GetResult(_owner) is null)
            {
                result.AddError("--secret goes with --database and --owner.");
            }
        });
    }

    public string[] Files(ParseResult parse) => parse.GetRequiredValue(_files);

    public string? Cluster(ParseResult parse) => parse.GetValue(_cluster);

    public string? ArchiveName(ParseResult parse) => parse.GetValue(_archiveName);

    public bool Diff(ParseResult parse) => parse.GetValue(_diff);

    public bool InPlace(ParseResult parse) => parse.GetValue(_inPlace);

    public ApplicationDatabase? Application(ParseResult parse) =>
        parse.GetValue(_database) is { } database ? new ApplicationDatabase(database, parse.GetValue(_owner)!, parse.GetValue(_secret)) : null;
}
