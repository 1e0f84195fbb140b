using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Plans.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Plans.Advice;

/// <summary>Finds the newest dump that is whole, and measures how fast it is read.</summary>
sealed class DumpLook(AdviceRequest request, TimeProvider clock)
{
    private DumpSight _seen = new();

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
        var mine = folder.Dumps.Where(dump => _seen.Database is not { } database || dump.Database is null || dump.Database == database).ToList();
        // A dump of a whole server may have any name.
        foreach (var dump in mine.Concat(folder.Dumps.Except(mine)))
        {
            if (await TakesAsync(dump, isMine: mine.Contains(dump), ct))
            {
                return;
            }

            _seen = _seen with { Chosen = null, Inspection = null, Rate = null };
        }

    }

    private async Task<bool> TakesAsync(KeptDump dump, bool isMine, CancellationToken ct)
    {
        if (request.Target is { } target && dump.Time > target.Moment)
        {
            return Skip(dump, $"made after {target}", isLater: true);
        }

        if (!isMine)
        {
            // Whether it holds the database is not known before it is read.
            return await HoldsMineAsync(dump, ct);
        }

        _seen = _seen with { Chosen = dump, Inspection = null, IsLatest = !_seen.Skipped.Any(skipped => skipped.IsLater), Rate = null };
        _seen = _seen with { Rate = await MeasureAsync(dump.File, ct) };
        var inspection = await DumpInspector.InspectAsync(dump.File, progress: null, ct);
        if (inspection.State is not (DumpState.Complete or DumpState.HeadOnly))
        {
            return Skip(dump, Invariant($"{inspection.State.ToString().ToLowerInvariant()}: {inspection.Reason}"));
        }

        if (_seen.Database is { } database && inspection.IsComplete && inspection.Find(database) is null)
        {
            return Skip(dump, $"holds no database {database}");
        }

        _seen = _seen with { Inspection = inspection };
        return true;
    }

    private async Task<bool> HoldsMineAsync(KeptDump dump, CancellationToken ct)
    {
        var inspection = await DumpInspector.InspectAsync(dump.File, progress: null, ct);
        if (!inspection.IsComplete || inspection.Databases.All(held => held.Name != _seen.Database))
        {
            return Skip(dump, $"is of database {dump.Database}");
        }

        _seen = _seen with { Chosen = dump, Inspection = inspection, IsLatest = false, Rate = await MeasureAsync(dump.File, ct) };
        return true;
    }

    private bool Skip(KeptDump dump, string reason, bool isLater = false)
    {
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
