using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CnpgRestore.Databases.Verification;

/// <summary>What was in a database at one time, saved as JSON, to be compared with later. Fields may be added, never renamed.</summary>
public sealed record Baseline(
    string Database, DateTimeOffset Taken, IReadOnlyList<BaselineTable> Tables, IReadOnlyList<string> Extensions, IReadOnlyList<string> NotValid)
{
    /// <exception cref="RestoreException">Exit 10: no such file. 2: it is no baseline.</exception>
    public static async Task<Baseline> ReadAsync(string path, CancellationToken ct)
    {
        try
        {
            var baseline = JsonSerializer.Deserialize(await File.ReadAllTextAsync(path, ct), BaselineJson.Readable.Baseline);
            return baseline is { Database: not null, Tables: not null, Extensions: not null, NotValid: not null } ? baseline : throw new JsonException("its fields are missing");
        }
        catch (FileNotFoundException e)
        {
            throw new RestoreException(ProblemCode.NotFound, $"the baseline {path} does not exist", null, "cnpg-restore verify --help", e);
        }
        catch (JsonException e)
        {
            throw new RestoreException(ProblemCode.Usage, $"{path} is no baseline", e.Message, "cnpg-restore verify --help", e);
        }
    }

    public Task WriteAsync(string path, CancellationToken ct) => AtomicFile.WriteAsync(path, JsonSerializer.Serialize(this, BaselineJson.Readable.Baseline) + "\n", ct);
}

/// <param name="Rows">Counted.</param>
public sealed record BaselineTable(string Schema, string Name, long Rows, string Owner);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(Baseline))]
sealed partial class BaselineJson : JsonSerializerContext
{
    public static BaselineJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
