using System.CommandLine;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>apps list | stop | start</c>: the applications that use the database of a Cluster.</summary>
static class AppsCommand
{
    public static Command Create(TimeProvider clock) =>
        new("apps", "The applications that use a Cluster's database: find them, stop them, start them again as they were.")
        {
            AppsListCommand.Create(clock),
            AppsStopCommand.Create(clock),
            AppsStartCommand.Create(clock),
        };
}
