using System.Threading.Channels;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Writes blocks over one connection; as long as they belong to one table, in one COPY.</summary>
/// <param name="maySplit">
/// A COPY is ended and another begun after a while, so that an error in its rows is heard of early. Not where rows refer to later ones of the same COPY.
/// </param>
sealed class DataWorker(LoadSession session, bool maySplit)
{
    private const long CopySize = 64 << 20;

    private CopyStream? _copy;

    public async Task RunAsync(ChannelReader<DataBlock> blocks, CancellationToken ct)
    {
        try
        {
            await foreach (var block in blocks.ReadAllAsync(ct))
            {
                await (block switch
                {
                    CopyBlock copy => WriteAsync(copy, ct),
                    InsertBlock insert => InsertAsync(insert, ct),
                    _ => throw new System.Diagnostics.UnreachableException(),
                });
            }

            await CompleteAsync();
        }
        finally
        {
            if (_copy is not null)
            {
                await _copy.CancelAsync();
            }
        }
    }

    private async Task WriteAsync(CopyBlock block, CancellationToken ct)
    {
        if (_copy is null || !ReferenceEquals(_copy.Statement, block.Statement))
        {
            await CompleteAsync();
            _copy = await session.CopyAsync(block.Statement, ct);
        }

        await _copy.WriteAsync(block, ct);
        block.Return();
        if (maySplit && _copy.Bytes > CopySize)
        {
            await CompleteAsync();
        }
    }

    private async Task InsertAsync(InsertBlock block, CancellationToken ct)
    {
        await CompleteAsync();
        await session.RunAsync(block.Statements, ct);
    }

    private async Task CompleteAsync()
    {
        if (_copy is { } copy)
        {
            _copy = null;
            await copy.CompleteAsync();
        }
    }
}
