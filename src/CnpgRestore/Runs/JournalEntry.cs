using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CnpgRestore.Runs;

/// <summary>
/// One line of a journal. Types and fields are frozen: they may be added to, never renamed. No secret ever appears here.
/// </summary>
/// <param name="Type">One of the constants of this type.</param>
public sealed record JournalEntry(string Type, DateTimeOffset Time)
{
    public const string RunStarted = "run_started";
    public const string RunResumed = "run_resumed";
    public const string RunFinished = "run_finished";
    public const string RunStopped = "run_stopped";
    public const string StepStarted = "step_started";
    public const string StepFinished = "step_finished";

    /// <summary>What a run of from-dump decided, as JSON in <see cref="Text"/>.</summary>
    public const string Decided = "decided";

    /// <summary>The number of a transaction, in <see cref="Text"/>, before it changes anything: the server tells later how it ended.</summary>
    public const string TransactionBegun = "transaction_begun";

    public string? Run { get; init; }

    public string? Command { get; init; }

    public string? Subject { get; init; }

    public string? Version { get; init; }

    public string? Host { get; init; }

    public int? ProcessId { get; init; }

    /// <summary>The step's id, for step entries.</summary>
    public string? Step { get; init; }

    /// <summary>What was achieved, or why it stopped; where a run starts, the command line that goes on.</summary>
    public string? Text { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(JournalEntry))]
sealed partial class JournalJson : JsonSerializerContext
{
    /// <summary>A journal is read by people: no escapes that only HTML needs.</summary>
    public static JournalJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
