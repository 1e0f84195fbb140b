using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>Whether a statement begins or ends a transaction: pg_dump writes <c>BEGIN</c> and <c>COMMIT</c> around the data of large objects, whose descriptors live no longer.</summary>
public static class TransactionStatement
{
    public static (bool Begins, bool Ends) Of(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        return (words.Accept("BEGIN") || words.Accept("START", "TRANSACTION"), words.Accept("COMMIT") || words.Accept("END") || words.Accept("ROLLBACK") || words.Accept("ABORT"));
    }

    public static bool Is(ReadOnlySpan<byte> statement, Encoding encoding) => Of(statement, encoding) is { Begins: true } or { Ends: true };
}
