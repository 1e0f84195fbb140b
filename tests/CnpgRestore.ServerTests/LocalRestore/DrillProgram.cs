using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.LocalRestore;

/// <summary>Runs <c>cnpg-restore drill</c> as the user whom PostgreSQL accepts.</summary>
static class DrillProgram
{
    public static ToolCommand Command(string bucket, params string[] arguments) =>
        PostgresUser.Command(NativeProgram.Path, ["drill", "--server", DrillFixture.Server, "-b", bucket, .. arguments]) with { Environment = S3Server.ClientEnvironment };

    public static Task<ToolResult> RunAsync(string bucket, CancellationToken ct, params string[] arguments)
    {
        Requirement.Programs(Path.Combine(TestEnvironment.PostgresPrograms, "postgres"));
        return ToolProcess.RunAsync(Command(bucket, arguments), ct);
    }

    public static Task<ToolResult> RunAsync(DrillMirror mirror, CancellationToken ct, params string[] arguments) => RunAsync($"file://{mirror.Path}", ct, arguments);

    /// <summary>The evidence of a drill that was run with <c>-o json</c>.</summary>
    public static JsonElement Evidence(ToolResult result) =>
        result.Output.Length > 0 ? JsonDocument.Parse(result.Output).RootElement : throw new InvalidOperationException($"{result.Command}\n{result.Error}");

    public static long Rows(JsonElement evidence, string table) => evidence.GetProperty("databases").EnumerateArray()
        .SelectMany(database => database.GetProperty("tables").EnumerateArray())
        .Single(item => item.GetProperty("name").GetString() == table).GetProperty("rows").GetInt64();
}
