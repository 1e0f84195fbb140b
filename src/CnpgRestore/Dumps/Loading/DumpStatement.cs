using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Loading;

/// <summary>A statement as it stands in the dump, with the settings that hold there.</summary>
/// <param name="Text">Byte for byte, with its semicolon.</param>
/// <param name="Line">Of the dump, where it begins; the first is 1.</param>
sealed record DumpStatement(byte[] Text, long Line, SessionState State)
{
    private const int ShownLength = 200;

    /// <summary>Runs right before it, in the same transaction; null for most.</summary>
    public DumpStatement? Before { get; init; }

    /// <summary>Each byte as the character of the same number, which <see cref="LoadConnection"/> turns back into the byte.</summary>
    public string Bytes => Encoding.Latin1.GetString(Text);

    /// <summary>On one line, no longer than a person reads, and without a password.</summary>
    public string Shortened()
    {
        var head = State.Encoding.Text.GetString(Text.AsSpan(0, Math.Min(Text.Length, 4 * ShownLength)));
        return StatementExcerpt.Of(head, ShownLength);
    }
}
