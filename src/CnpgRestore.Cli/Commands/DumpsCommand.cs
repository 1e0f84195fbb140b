using System.CommandLine;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>dumps list | inspect</c>: what SQL dumps there are, and what is in them.</summary>
static class DumpsCommand
{
    public static Command Create(TimeProvider clock) =>
        new("dumps", "What SQL dumps there are, and what is in them. Reads only.")
        {
            DumpsListCommand.Create(clock),
            DumpsInspectCommand.Create(clock),
        };
}
