using System.Collections.Concurrent;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>What cannot be read becomes a note, and does not stop the rest.</summary>
sealed class NoteTaking
{
    private readonly ConcurrentDictionary<string, bool> _notes = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Notes => [.. _notes.Keys.Order(StringComparer.Ordinal)];

    public void Add(string note) => _notes.TryAdd(note, true);

    /// <param name="what">As a person would ask for it: <c>the pods</c>.</param>
    public async Task<T> ReadAsync<T>(string what, T otherwise, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (RestoreException e)
        {
            Add($"{what} could not be read: {e.Problem.Message}{(e.Problem.Detail is { } detail ? $"; {detail}" : "")}");
            return otherwise;
        }
    }
}
