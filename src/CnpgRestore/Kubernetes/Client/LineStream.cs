namespace CnpgRestore.Kubernetes.Client;

/// <summary>The lines of an answer that has no end of its own.</summary>
sealed class LineStream(HttpResponseMessage response, Stream body) : IDisposable
{
    private readonly StreamReader _reader = new(body);

    /// <summary>It ended because the connection broke.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Null: it has ended.</summary>
    public async Task<string?> NextAsync(CancellationToken ct)
    {
        try
        {
            return await _reader.ReadLineAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is IOException or HttpRequestException)
        {
            WasCut = true;
            return null;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}
