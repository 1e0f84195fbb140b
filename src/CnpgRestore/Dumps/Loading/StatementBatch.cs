namespace CnpgRestore.Dumps.Loading;

/// <summary>Statements that are sent in one go, about a megabyte: each on its own would wait for the answer to the one before.</summary>
sealed class StatementBatch
{
    private const long MostBytes = 1 << 20;
    private const int MostStatements = 1000;

    private List<DumpStatement> _statements = [];
    private long _bytes;

    /// <summary>Of the session, for its statements: what is sent in one go runs under one. Null for an empty batch.</summary>
    public SessionState? State => _statements is [var first, ..] ? first.State : null;

    public bool IsFull => _bytes >= MostBytes || _statements.Count >= MostStatements;

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
