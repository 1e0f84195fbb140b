using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints the Job that would load a dump, as a manifest for Git: it loads into the database that is there, all or nothing.</summary>
static class JobOutput
{
    private const string Heading = """
        ---
        # For Git: loads into the database that is there, all or nothing. Applications are not stopped by it.
        # Sequences are set to what the dump says, also back. Afterwards, for those that are behind their columns: cnpg-restore sequences CLUSTER --fix

        """;

    public static void Write(CliSession session, JsonObject job)
    {
        if (session.Format == OutputFormat.Json)
        {
            session.Result.Line(job.ToJsonString());
            return;
        }

        using var document = JsonDocument.Parse(job.ToJsonString());
        session.Result.Line($"{(session.Format == OutputFormat.Text ? Heading : "")}{YamlWriter.From(document.RootElement).TrimEnd()}");
    }
}
