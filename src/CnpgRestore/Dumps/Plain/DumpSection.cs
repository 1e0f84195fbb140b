using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// What a dump holds of one database, as a script for psql that may be run in a database of any name: without the statements that concern the server
/// (<see cref="ServerStatement"/>) and without lines for psql. Its lines have the numbers that they have in the dump, so that an error of psql leads
/// to the place.
/// </summary>
/// <param name="database">As <c>\connect</c> names it; null for a dump of one database, whether it names it or not.</param>
/// <param name="intoNew">It goes into a database that was made for it: what <see cref="NeedlessStatements"/> contain is left out.</param>
/// <param name="inTransaction">It stands in a transaction of the caller's: what would end that (<see cref="TransactionStatement"/>) is left out.</param>
public sealed class DumpSection(Stream script, string? database, bool intoNew = false, bool inTransaction = false)
{
    private static readonly byte[] LineEnds = [.. Enumerable.Repeat((byte)'\n', 4096)];

    private long _line = 1;

    /// <summary>Sequences that are there and in use: they are set forward as <see cref="SequenceValue.ForwardOnly"/> says, and never back.</summary>
    public IReadOnlySet<QualifiedName> ForwardOnly { get; init; } = new HashSet<QualifiedName>();

    /// <param name="progress">Told how many bytes of the dump were read.</param>
    /// <exception cref="InvalidDataException">The dump ends within a statement, or is damaged.</exception>
    public async Task WriteAsync(Stream output, IProgress<long>? progress, CancellationToken ct)
    {
        var reader = new DumpReader(script);
        var isWanted = database is null;
        var needless = intoNew ? new NeedlessStatements() : null;
        var isNamed = false;
        while (await reader.ReadAsync(ct) is var token && token != DumpToken.End)
        {
            progress?.Report(reader.Position);
            switch (token)
            {
                case DumpToken.Cut:
                    throw new InvalidDataException(FormattableString.Invariant($"it ends in the middle of line {reader.Line}"));
                case DumpToken.MetaCommand when database is not null && PsqlConnect.TryParse(reader.TextAsString()) is { } connected:
                    (isWanted, isNamed) = (connected == database, true);
                    break;
                case DumpToken.Comment when database is not null && !isNamed && reader.TextAsString() == DumpMarks.ClusterEnd:
                    // pg_dumpall -g, with a dump of one database behind it.
                    isWanted = true;
                    break;
                case DumpToken.Statement when isWanted && (reader.Copy is not null || !IsLeftOut(reader, needless)):
                    await WriteLinesAsync(reader, Wanted(reader), output, "\n"u8.ToArray(), ct);
                    break;
                case DumpToken.CopyData or DumpToken.CopyEnd when isWanted:
                    await WriteLinesAsync(reader, reader.Text, output, [], ct);
                    break;
            }
        }
    }

    private bool IsLeftOut(DumpReader reader, NeedlessStatements? needless) =>
        ServerStatement.Is(reader.Text.Span, reader.Encoding.Text)
        || (inTransaction && TransactionStatement.Is(reader.Text.Span, reader.Encoding.Text))
        || needless?.Contain(reader.Text.Span, reader.Encoding.Text) == true;

    private ReadOnlyMemory<byte> Wanted(DumpReader reader) =>
        ForwardOnly.Count > 0 && SequenceValue.TryParse(reader.Text.Span, reader.Encoding.Text) is { } value && value.Sequence.In(reader.Schema ?? "public") is var sequence && ForwardOnly.Contains(sequence)
            ? reader.Encoding.Text.GetBytes((value with { Sequence = sequence }).ForwardOnly)
            : reader.Text;

    private async Task WriteLinesAsync(DumpReader reader, ReadOnlyMemory<byte> text, Stream output, byte[] end, CancellationToken ct)
    {
        while (_line < reader.Line)
        {
            var missing = (int)Math.Min(reader.Line - _line, LineEnds.Length);
            await output.WriteAsync(LineEnds.AsMemory(0, missing), ct);
            _line += missing;
        }

        await output.WriteAsync(text, ct);
        await output.WriteAsync(end, ct);
        _line += text.Span.Count((byte)'\n') + end.Length;
    }
}
