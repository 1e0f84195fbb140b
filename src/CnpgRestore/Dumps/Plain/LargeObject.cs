using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary><c>SELECT pg_catalog.lo_create('16410');</c>, as pg_dump makes each large object.</summary>
static class LargeObject
{
    public static bool IsMadeBy(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        return words.Accept("SELECT") && words.Name() is { Schema: null or "pg_catalog", Name: "lo_create" } && words.AcceptSymbol('(');
    }
}
