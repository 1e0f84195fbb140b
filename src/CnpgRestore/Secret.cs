using System.Diagnostics;

namespace CnpgRestore;

/// <summary>A value that never reaches a log, a journal, a report or an exception by accident.</summary>
[DebuggerDisplay("***")]
public sealed class Secret(string value)
{
    /// <summary>The value in clear. Call it where it is handed to the server, and nowhere else.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}
