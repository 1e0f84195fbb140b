using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Dumps;

/// <summary>The same on a newer major version of PostgreSQL, where the machine has one; started by the first test that asks.</summary>
public sealed class NewerScene : IAsyncDisposable
{
    private LoadScene? _scene;

    public async Task<LoadScene> GetAsync(CancellationToken ct)
    {
        if (_scene is null)
        {
            var scene = new LoadScene(await PostgresServer.NewerProgramsAsync(ct));
            await scene.InitializeAsync();
            _scene = scene;
        }

        return _scene;
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null)
        {
            await _scene.DisposeAsync();
        }
    }
}
