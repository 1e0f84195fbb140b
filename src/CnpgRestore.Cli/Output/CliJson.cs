using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CnpgRestore.Cli.Output;

/// <summary>Every document that the command line prints. Field names are snake_case and may grow, never change.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(DrillDocument))]
[JsonSerializable(typeof(AdviceDocument))]
[JsonSerializable(typeof(AppsListDocument))]
[JsonSerializable(typeof(AppsStartSummary))]
[JsonSerializable(typeof(AppsStopSummary))]
[JsonSerializable(typeof(BackupsCheckDocument))]
[JsonSerializable(typeof(BackupsListDocument))]
[JsonSerializable(typeof(BackupsShowDocument))]
[JsonSerializable(typeof(BaselineSummary))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(DumpsInspectDocument))]
[JsonSerializable(typeof(DumpsListDocument))]
[JsonSerializable(typeof(EndSummary))]
[JsonSerializable(typeof(ExitError))]
[JsonSerializable(typeof(FromBackupSummary))]
[JsonSerializable(typeof(FreshSummary))]
[JsonSerializable(typeof(FromDumpSummary))]
[JsonSerializable(typeof(Commands.ManifestDocument))]
[JsonSerializable(typeof(PlanMessage))]
[JsonSerializable(typeof(PruneSummary))]
[JsonSerializable(typeof(RenameSummary))]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(RunsDocument))]
[JsonSerializable(typeof(SequencesDocument))]
[JsonSerializable(typeof(StatusMessage))]
[JsonSerializable(typeof(StepMessage))]
[JsonSerializable(typeof(TextMessage))]
[JsonSerializable(typeof(VerificationDocument))]
sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Without escapes that only HTML needs.</summary>
    public static CliJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
