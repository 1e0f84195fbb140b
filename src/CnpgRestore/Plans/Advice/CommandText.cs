using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.Advice;

/// <summary>Command lines that a person copies into a shell.</summary>
public static class CommandText
{
    private const string Program = "cnpg-restore";
    private const string PlainCharacters = "_./:@%+=,~-";

    public static string Of(string verb, params IEnumerable<string> words) => string.Join(' ', words.Select(Quote).Prepend(verb).Prepend(Program));

    public static string Kubectl(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote).Prepend("kubectl"));

    /// <summary>The options that name a target; none for the end of the archive.</summary>
    public static IReadOnlyList<string> Target(RecoveryTarget? target)
    {
        var (words, inclusive) = target switch
        {
            RecoveryTarget.Time time => ((string[])["--target-time", time.Moment.ToString()], time.Inclusive),
            RecoveryTarget.Lsn lsn => (["--target-lsn", lsn.Position.ToString()], lsn.Inclusive),
            RecoveryTarget.Xid xid => (["--target-xid", xid.Transaction.ToString()], xid.Inclusive),
            RecoveryTarget.Name name => (["--target-name", name.RestorePoint.ToString()], true),
            RecoveryTarget.Immediate => (["--target-immediate"], true),
            _ => ([], true),
        };
        return inclusive ? words : [.. words, "--target-exclusive"];
    }

    /// <summary>As it is where a shell leaves it alone, else in single quotes.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(sign => char.IsAsciiLetterOrDigit(sign) || PlainCharacters.Contains(sign, StringComparison.Ordinal))
            ? word
            : new StringBuilder("'").Append(word.Replace("'", @"'\''", StringComparison.Ordinal)).Append('\'').ToString();
}
