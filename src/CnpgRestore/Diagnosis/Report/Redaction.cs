using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Diagnosis.Report;

/// <summary>
/// Takes secrets out of texts that will be shown to strangers: every value of every Secret of the namespace, and what looks like a password or a
/// key. Holds secrets: no record.
/// </summary>
public sealed partial class Redaction
{
    private const string Mark = "***";

    // Shorter ones are no secret, and would blank half of the text.
    private const int Shortest = 5;

    // Keys of a Secret that hold what everybody may know.
    private static readonly string[] Open = ["username", "user", "dbname", "host", "port", "region", "access_region", "aws_region", "aws_default_region"];

    private readonly IReadOnlyList<string> _values;

    private Redaction(IEnumerable<string> values) => _values = [.. values.Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length)];

    /// <param name="api">Null: only what looks like a secret is taken out.</param>
    public static async Task<Redaction> ReadAsync(KubernetesApi? api, string ns, CancellationToken ct)
    {
        var values = new List<string>();
        if (api is not null)
        {
            try
            {
                await foreach (var secret in api.ListAsync(ResourceTypes.Secrets, ns, ListSelector.All, ct))
                {
                    values.AddRange(((secret.At("data") as JsonObject) ?? []).Where(entry => !Open.Contains(entry.Key.ToLowerInvariant())).SelectMany(entry => Forms(entry.Value.Text() ?? "")));
                }
            }
            catch (RestoreException e) when (e.Problem.Code is ProblemCode.AccessDenied or ProblemCode.Unreachable)
            {
                // Who may not read Secrets has not seen their values either; the patterns remain.
            }
        }

        return new Redaction(values);
    }

    public string Apply(string text)
    {
        foreach (var value in _values)
        {
            text = text.Replace(value, Mark, StringComparison.Ordinal);
        }

        text = InUrl().Replace(text, $"${{before}}{Mark}@");
        text = Assigned().Replace(text, $"${{before}}{Mark}");
        return AccessKey().Replace(text, Mark);
    }

    /// <summary>An object without what only the API needs, and without values of variables that sound secret.</summary>
    public static JsonObject Bare(JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        (copy["metadata"] as JsonObject)?.Remove("managedFields");
        (copy["metadata"]?["annotations"] as JsonObject)?.Remove("kubectl.kubernetes.io/last-applied-configuration");
        Blank(copy);
        return copy;
    }

    private static void Blank(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject item:
                if (item.Text("name") is { } name && item.Text("value") is not null && SoundsSecret().IsMatch(name))
                {
                    item["value"] = Mark;
                }

                foreach (var (_, inner) in item)
                {
                    Blank(inner);
                }

                break;
            case JsonArray list:
                foreach (var inner in list)
                {
                    Blank(inner);
                }

                break;
        }
    }

    private static IEnumerable<string> Forms(string encoded)
    {
        var value = SecretData.Decode(encoded) ?? encoded;
        return ((string[])[encoded, value, value.Trim(), Uri.EscapeDataString(value.Trim()), Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Trim()))]).Where(form => form.Length >= Shortest);
    }

    [GeneratedRegex(@"(?<before>[a-z][a-z0-9+.-]*://[^\s/:@'""]+:)[^\s@'""]+@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex InUrl();

    // password=..., PASSWORD '...', secret_access_key: ...
    [GeneratedRegex(@"(?<before>(password|passwd|secret(_?access)?(_?key)?|token)(\\?""|')?[ \t]*[=:]?[ \t]*(\\?""|'|(?<=[=:][ \t]*)))(?!\*\*\*)[^\s""'\\,;}]{3,}", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"\b(AKIA|ASIA)[A-Z0-9]{16}\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex AccessKey();

    [GeneratedRegex("PASS|SECRET|TOKEN|KEY|CREDENTIAL", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SoundsSecret();
}
