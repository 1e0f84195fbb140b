using CnpgRestore.Runs;

namespace CnpgRestore.Cli.Output;

/// <summary>What <c>runs show</c> prints.</summary>
sealed record RunDocument(string Run, IReadOnlyList<JournalEntry> Entries);
