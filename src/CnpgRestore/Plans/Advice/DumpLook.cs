using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.Advice;

/// <summary>Finds the newest dump that is whole, and measures how fast it is read.</summary>
sealed class DumpLook(AdviceRequest request, TimeProvider clock)
{
    private DumpSight _seen = new();

    // from-dump alone would take the same one.
    private bool _isPlain = true;

    public async Task<DumpSight> RunAsync(Task<Situation?> cluster, CancellationToken ct)
    {
        var situation = await cluster;
        if (request.Dumps is not { } path)
        {
            return _seen with { NotAsked = "no folder is named: add --dumps PATH" };
        }

        _seen = _seen with { Path = path, Database = situation?.Manifest.Application?.Database };
        await Look.BoundAsync("the folder of dumps", request, clock, token => LookAsync(path, token), problem => _seen = _seen with { Problem = problem }, ct);
        return _seen;
    }

    private async Task LookAsync(string path, CancellationToken ct)
    {
        var folder = await DumpFolder.ReadAsync(path, ct);
        _seen = _seen with { Count = folder.Dumps.Count };
        var judge = new DumpJudge(folder, _seen.Database);
        foreach (var dump in folder.Dumps)
        {
            if (await TakesAsync(dump, judge, ct))
            {
                return;
            }

            _seen = _seen with { Chosen = null, Inspection = null, Rate = null };
        }
    }

    private async Task<bool> TakesAsync(KeptDump dump, DumpJudge judge, CancellationToken ct)
    {
        if (request.Target is { } target && dump.Time > target.Moment)
        {
            return Skip(dump, $"was made after {target}", isLater: true);
        }

        if (!judge.IsNamedForAnother(dump))
        {
            // Time may run out while it is read.
            await ChooseAsync(dump, ct);
        }

        var verdict = await judge.JudgeAsync(dump, ct);
        if (verdict.Fit != DumpFit.Holds)
        {
            // One that may not be read is not passed over by from-dump: it may hold more.
            _isPlain &= verdict.Fit != DumpFit.Unclear && dump.File.Refusal is null;
            return Skip(dump, verdict.Reason);
        }

        if (_seen.Chosen is null)
        {
            await ChooseAsync(dump, ct);
        }

        _seen = _seen with { Inspection = verdict.Inspection };
        return true;
    }

    private async Task ChooseAsync(KeptDump dump, CancellationToken ct)
    {
        _seen = _seen with { Chosen = dump, Inspection = null, IsLatest = _isPlain, Rate = null };
        _seen = _seen with { Rate = await MeasureAsync(dump.File, ct) };
    }

    private bool Skip(KeptDump dump, string reason, bool isLater = false)
    {
        _isPlain &= !isLater;
        _seen = _seen with { Skipped = [.. _seen.Skipped, new SkippedDump(dump.Names[0], dump.Time, reason, isLater)] };
        return false;
    }

    /// <summary>Null where there is nothing to read, or no single file.</summary>
    private async Task<TransferRate?> MeasureAsync(DumpFile file, CancellationToken ct)
    {
        if (file.Format is DumpFormat.Directory or DumpFormat.Empty or DumpFormat.Unknown)
        {
            return null;
        }

        try
        {
            var (raw, text) = await file.OpenAsync(ct);
            await using (text)
            {
                return await TransferRate.MeasureAsync(text, TransferRate.Most * 8L, () => raw.Position, clock, ct);
            }
        }
        catch (InvalidDataException)
        {
            // What is wrong with it, its inspection tells.
            return null;
        }
    }
}
