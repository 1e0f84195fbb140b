using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Recovery;

/// <summary>The part of a recovery that reads one timeline.</summary>
/// <param name="SwitchLsn">Where the next timeline forks off; null on the last leg.</param>
public sealed record WalLeg(WalSegmentName First, WalSegmentName Last, Lsn? SwitchLsn)
{
    public TimelineId Timeline => First.Timeline;
}
