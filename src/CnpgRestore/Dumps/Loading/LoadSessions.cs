using Npgsql;

namespace CnpgRestore.Dumps.Loading;

/// <summary>The connections of a load, opened when they are first needed. The first one also runs what is run in order.</summary>
sealed class LoadSessions(NpgsqlDataSource target, int count) : IAsyncDisposable
{
    private readonly LoadSession?[] _sessions = new LoadSession?[count];

    public int Count => count;

    /// <param name="number">From 0 on; one caller at a time uses it.</param>
    public async Task<LoadSession> GetAsync(int number, CancellationToken ct) => _sessions[number] ??= await LoadSession.OpenAsync(target, count, ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.OfType<LoadSession>())
        {
            await session.DisposeAsync();
        }
    }
}
