using System.Globalization;
using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Plain;

/// <summary><c>SELECT pg_catalog.setval('public.invoices_no_seq', 1500, true);</c>, as pg_dump sets each sequence.</summary>
/// <param name="IsCalled">The value was given out; otherwise it comes next.</param>
sealed record SequenceValue(QualifiedName Sequence, long Value, bool IsCalled)
{
    /// <summary>Null for every other statement.</summary>
    public static SequenceValue? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("SELECT") || words.Name() is not { Schema: null or "pg_catalog", Name: "setval" } || !words.AcceptSymbol('(') || words.Literal() is not { } literal || !words.AcceptSymbol(','))
        {
            return null;
        }

        var sign = words.AcceptSymbol('-') ? "-" : "";
        if (!long.TryParse(sign + words.Word(), CultureInfo.InvariantCulture, out var value) || !words.AcceptSymbol(','))
        {
            return null;
        }

        var isCalled = words.Word() == "TRUE";
        return words.AcceptSymbol(')') && words.IsAtEnd && new StatementWords(encoding.GetBytes(literal), encoding).Name() is { } sequence
            ? new SequenceValue(sequence, value, isCalled)
            : null;
    }

    /// <summary>
    /// The same where the sequence stands before that value, and nothing where it has come further: set back, it would give out numbers again. Not left to whoever
    /// rolls back: setval stays whatever becomes of its transaction.
    /// </summary>
    public string ForwardOnly => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT pg_catalog.setval(p.seqrelid::pg_catalog.regclass, {Value}, {(IsCalled ? "true" : "false")}) FROM {Sequence.Sql} s, pg_catalog.pg_sequence p WHERE p.seqrelid = {QualifiedName.Literal(Sequence.Sql)}::pg_catalog.regclass AND pg_catalog.sign(p.seqincrement::numeric) * ({Value} - s.last_value::numeric) + pg_catalog.abs(p.seqincrement::numeric) * ({(IsCalled ? 1 : 0)} - s.is_called::integer) > 0;
        """);
}
