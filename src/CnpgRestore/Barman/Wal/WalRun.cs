namespace CnpgRestore.Barman.Wal;

/// <summary>Consecutive segments of one timeline, by their numbers (see <see cref="Postgres.WalSegmentName.Number"/>), both ends included.</summary>
public readonly record struct WalRun(ulong First, ulong Last)
{
    public ulong Count => Last - First + 1;
}
