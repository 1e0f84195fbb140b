using System.CommandLine;
using CnpgRestore.Diagnosis.Catalogue;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>catalogue</c>: what doctor knows, as the page that <c>make docs</c> writes. Of no use to anybody else, and not shown.</summary>
static class CatalogueCommand
{
    public static Command Create()
    {
        var command = new Command("catalogue", "Print docs/troubleshooting.md.") { Hidden = true };
        command.SetAction(_ =>
        {
            Console.Out.Write(TroubleshootingPage.Write());
            return 0;
        });
        return command;
    }
}
