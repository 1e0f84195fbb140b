using System.Text.RegularExpressions;

namespace CnpgRestore.Manifests;

/// <summary>
/// A variable as Flux replaces it after the build: <c>${NAME}</c>, <c>${NAME:=default}</c> or <c>${NAME:-default}</c>
/// (Flux, Kustomization, post build variable substitution). <c>$${NAME}</c> is the text itself.
/// </summary>
/// <param name="Default">Null where the reference gives none; Flux then puts an empty text.</param>
public sealed partial record FluxReference(string Name, string? Default)
{
    /// <summary>All references in a text.</summary>
    public static IEnumerable<FluxReference> In(string text) => Form.Matches(text).Select(Of);

    /// <summary>The reference that a text consists of; null where there is more, or none.</summary>
    public static FluxReference? Whole(string text) => Form.Match(text) is { Success: true } match && match.Length == text.Length ? Of(match) : null;

    /// <summary>The text with its references replaced; one without a value and without a default stays as it is.</summary>
    public static string Expand(string text, Func<string, string?> valueOf) => Form.Replace(text, match =>
    {
        var reference = Of(match);
        return valueOf(reference.Name) is { } value && (value.Length > 0 || reference.Default is null) ? value : reference.Default ?? match.Value;
    });

    /// <summary>
    /// What is left of references in a text after <see cref="Expand"/>, as it stands there; also where a form is used that is not replaced here, as
    /// <c>${NAME^^}</c>.
    /// </summary>
    public static IEnumerable<string> LeftIn(string expanded) => AnyForm.Matches(expanded).Select(match => match.Value);

    /// <summary>What Flux makes of <c>$${NAME}</c> in the end.</summary>
    public static string Unescape(string expanded) => expanded.Replace("$${", "${", StringComparison.Ordinal);

    private static FluxReference Of(Match match) =>
        new(match.Groups["name"].Value, match.Groups["default"] is { Success: true } found ? found.Value : null);

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:?[=-](?<default>[^{}]*))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form { get; }

    [GeneratedRegex(@"(?<!\$)\$\{#?[A-Za-z_][^}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AnyForm { get; }
}
