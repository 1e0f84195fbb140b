namespace CnpgRestore.Barman.Wal;

/// <summary>How many names there are of a kind, and the first few of them in order: a million oddities must not need a million strings.</summary>
public sealed class NameTally
{
    private const int MostExamples = 10;

    private readonly SortedSet<string> _examples = new(StringComparer.Ordinal);

    public long Count { get; private set; }

    public IReadOnlyCollection<string> Examples => _examples;

    internal void Add(string name)
    {
        Count++;
        _examples.Add(name);
        if (_examples.Count > MostExamples)
        {
            _examples.Remove(_examples.Max!);
        }
    }

    internal void Add(NameTally other)
    {
        foreach (var name in other._examples)
        {
            Add(name);
        }

        Count += other.Count - other._examples.Count;
    }
}
