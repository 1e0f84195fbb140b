using System.Text.Json;
using System.Text.Json.Serialization;
using CnpgRestore.Databases.Verification;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Runs.FromDump;

/// <summary>What a load has achieved, as the record of a run keeps it for another machine.</summary>
public sealed record LoadedDump(int Tables, long Rows, int Checks, int SequencesFixed, IReadOnlyList<Difference> Differences)
{
    internal static LoadedDump Of(FromDumpResult result, DumpDatabase content) => new(
        // Where the names were swapped already, it is compared again.
        result.Verification?.Tables ?? content.Tables.Count, result.Verification?.Rows ?? content.Rows, result.Verification?.Checks ?? 0, result.SequencesFixed, result.Verification?.Differences ?? []);

    internal string ToJson() => JsonSerializer.Serialize(this, LoadedDumpJson.Default.LoadedDump);

    internal static LoadedDump Parse(string json) => JsonSerializer.Deserialize(json, LoadedDumpJson.Default.LoadedDump)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LoadedDump))]
sealed partial class LoadedDumpJson : JsonSerializerContext;
