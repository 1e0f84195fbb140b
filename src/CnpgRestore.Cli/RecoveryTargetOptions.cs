using System.CommandLine;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Postgres;

namespace CnpgRestore.Cli;

/// <summary>The options that say where recovery shall stop, and from which base backup. The names are fixed; no target means the end of the archive.</summary>
/// <param name="defaultBackup">From which base backup where none is named, as a sentence for the help.</param>
sealed class RecoveryTargetOptions(string defaultBackup = "Default: the newest one that leads to the target.")
{
    private readonly Option<TargetTime?> _time = TimeOption.Create("--target-time", "Recover to this moment; the offset is required.");

    private readonly Option<Lsn?> _lsn = Arg.Option<Lsn>("--target-lsn", "Recover to this position in the WAL.", "16/B374D848");

    private readonly Option<TransactionId?> _xid = Arg.Option<TransactionId>("--target-xid", "Recover to this transaction.", "7342");

    private readonly Option<RestorePointName?> _name =
        Arg.Option<RestorePointName>("--target-name", "Recover to this restore point (pg_create_restore_point).", "before_upgrade");

    private readonly Option<bool> _immediate = new("--target-immediate") { Description = "Stop as soon as the base backup is consistent." };

    private readonly Option<bool> _exclusive = new("--target-exclusive") { Description = "Stop before the target, not after it." };

    private readonly Option<BackupId?> _backupId = Arg.Option<BackupId>("--backup-id", $"Base backup to start from. {defaultBackup}", "20260301T020000");

    public void AddTo(Command command)
    {
        Option[] targets = [_time, _lsn, _xid, _name, _immediate];
        foreach (var option in targets.Append(_exclusive).Append(_backupId))
        {
            command.Options.Add(option);
        }

        command.Check(result =>
        {
            var given = targets.Where(target => result.GetResult(target) is not null).Select(target => target.Name).ToList();
            if (given.Count > 1)
            {
                result.AddError($"{string.Join(" and ", given)} exclude each other.");
            }

            if (result.GetResult(_exclusive) is not null && !given.Intersect(["--target-time", "--target-lsn", "--target-xid"]).Any())
            {
                result.AddError("--target-exclusive goes with --target-time, --target-lsn or --target-xid.");
            }
        });
    }

    public BackupId? BackupId(ParseResult parse) => parse.GetValue(_backupId);

    public RecoveryTarget Read(ParseResult parse)
    {
        var inclusive = !parse.GetValue(_exclusive);
        return parse switch
        {
            _ when parse.GetValue(_time) is { } time => new RecoveryTarget.Time(time, inclusive),
            _ when parse.GetValue(_lsn) is { } lsn => new RecoveryTarget.Lsn(lsn, inclusive),
            _ when parse.GetValue(_xid) is { } xid => new RecoveryTarget.Xid(xid, inclusive),
            _ when parse.GetValue(_name) is { } name => new RecoveryTarget.Name(name),
            _ when parse.GetValue(_immediate) => new RecoveryTarget.Immediate(),
            _ => new RecoveryTarget.Latest(),
        };
    }
}
