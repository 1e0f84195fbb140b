using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>One thing that can be wrong: an entry of the catalogue, and of <c>docs/troubleshooting.md</c>.</summary>
/// <param name="Id">For scripts: <c>expected-empty-archive-same-folder</c>. Never changes.</param>
/// <param name="Title">With the words that people search for.</param>
/// <param name="Cause">Whole sentences.</param>
/// <param name="Repair">What to do, and why it is safe; the command follows.</param>
/// <param name="Command">A command that exists; names in braces are filled in: <c>{cluster}</c>, <c>{namespace}</c>, <c>{folder}</c>.</param>
public sealed record Ailment(string Id, Severity Severity, Stage Stage, string Title, string Cause, string Repair, string? Command)
{
    /// <summary>Other words for it in logs and messages, as they are written there, besides the signatures that logs are searched for.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What its command edits stands, with the Barman Cloud plugin, in the ObjectStore and not in the Cluster; see <see cref="Collection.Examination.Found"/>.</summary>
    public bool IsInStore { get; init; }

    /// <summary>All of them: a signature is written down once, where it is searched for.</summary>
    public IReadOnlyList<string> SeenAs =>
    [
        .. Words,
        .. RecoveryFailure.All.Where(failure => failure.Ailment == Id).Select(failure => failure.Words)
            .Concat(LoadJobFailure.All.Where(failure => failure.Ailment == Id && failure.Words.Count == 1).Select(failure => failure.Words[0]))
            .Where(signature => !Title.Contains(signature, StringComparison.Ordinal) && !Words.Any(words => AreAlike(words, signature))),
    ];

    private static bool AreAlike(string words, string signature) => signature.Contains(words.Replace(" ...", "", StringComparison.Ordinal), StringComparison.Ordinal) || words.Contains(signature, StringComparison.Ordinal);

    public Finding Found(string what, IEnumerable<Evidence> evidence, params IReadOnlyList<(string Name, string Value)> names)
    {
        var command = Command;
        foreach (var (name, value) in names)
        {
            command = command?.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        }

        return new Finding(this, what, [.. evidence], command);
    }
}
