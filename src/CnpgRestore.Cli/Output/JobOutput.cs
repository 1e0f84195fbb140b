using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints the Job that would load a dump, as a manifest for Git: it loads into the database that is there, all or nothing.</summary>
static class JobOutput
{
    public static void Write(CliSession session, JsonObject job)
    {
        if (session.Format == OutputFormat.Json)
        {
            session.Result.Line(job.ToJsonString());
            return;
        }

        using var document = JsonDocument.Parse(job.ToJsonString());
        var separator = session.Format == OutputFormat.Text ? "---\n# For Git: loads into the database that is there, all or nothing. Applications are not stopped by it.\n" : "";
        session.Result.Line($"{separator}{YamlWriter.From(document.RootElement).TrimEnd()}");
    }
}
