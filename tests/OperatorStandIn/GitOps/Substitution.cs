using System.Text.RegularExpressions;

namespace CnpgRestore.OperatorStandIn.GitOps;

/// <summary>Flux's variables in manifests: <c>${NAME}</c> and <c>${NAME:=default}</c>; <c>$${NAME}</c> stays as <c>${NAME}</c>.</summary>
static partial class Substitution
{
    /// <summary>A variable without value and default becomes empty, as Flux has it unless told otherwise.</summary>
    public static string Apply(string text, IReadOnlyDictionary<string, string> values) => Variable.Replace(text, match =>
        match.Value.StartsWith("$$", StringComparison.Ordinal) ? match.Value[1..]
        : values.TryGetValue(match.Groups["name"].Value, out var value) ? value
        : match.Groups["default"].Value);

    [GeneratedRegex(@"\$?\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:=(?<default>[^}]*))?\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Variable { get; }
}
