using System.Text.Json.Nodes;

namespace CnpgRestore.OperatorStandIn.Webhooks;

/// <summary>What is wrong with a field, as the API says it (apimachinery, field/errors.go).</summary>
/// <param name="Reason">For programs, for example <c>FieldValueForbidden</c>.</param>
sealed record FieldError(string Field, string Reason, string Message)
{
    public static FieldError Forbidden(string field, string message) => new(field, "FieldValueForbidden", $"Forbidden: {message}");

    public static FieldError Invalid(string field, string value, string message) => new(field, "FieldValueInvalid", $"Invalid value: \"{value}\": {message}");

    public static FieldError Required(string field, string message) => new(field, "FieldValueRequired", $"Required value: {message}");

    public JsonObject Cause() => new() { ["reason"] = Reason, ["message"] = Message, ["field"] = Field };

    public override string ToString() => $"{Field}: {Message}";
}
