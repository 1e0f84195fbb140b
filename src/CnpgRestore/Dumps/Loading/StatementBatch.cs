using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Statements that are sent in one go, about a megabyte: each on its own would wait for the answer to the one before.</summary>
sealed class StatementBatch
{
    private const long MostBytes = 1 << 20;
    private const int MostStatements = 1000;

    private List<DumpStatement> _statements = [];
    private long _bytes;

    public bool IsFull => _bytes >= MostBytes || _statements.Count >= MostStatements;

    /// <summary>Whether a statement begins or ends a transaction of its own, as around large objects.</summary>
    public static (bool Begins, bool Ends) Transaction(DumpStatement statement)
    {
        var words = new StatementWords(statement.Text, statement.State.Encoding.Text);
        return (words.Accept("BEGIN") || words.Accept("START", "TRANSACTION"), words.Accept("COMMIT") || words.Accept("END") || words.Accept("ROLLBACK"));
    }

    public void Add(DumpStatement statement)
    {
        _statements.Add(statement);
        _bytes += statement.Text.Length;
    }

    public IReadOnlyList<DumpStatement> Take()
    {
        var taken = _statements;
        (_statements, _bytes) = ([], 0);
        return taken;
    }
}
