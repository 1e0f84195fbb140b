using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CnpgRestore;

/// <summary>Times in JSON as RFC 3339 in UTC with <c>Z</c> and milliseconds: <c>2026-11-22T14:00:00.000Z</c>.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
