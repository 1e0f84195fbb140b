using System.CommandLine;
using CnpgRestore.Postgres;

namespace CnpgRestore.Cli;

/// <summary>The options that say where recovery shall stop. The names are fixed; at most one may be given, and none means the end of the archive.</summary>
sealed class RecoveryTargetOptions
{
    private readonly Option<TargetTime?> _time = Arg.Option<TargetTime>("--target-time", "Stop at this moment; an offset or Z is required.", "2026-03-01T10:00:00Z");
    private readonly Option<Lsn?> _lsn = Arg.Option<Lsn>("--target-lsn", "Stop at this position in the WAL.", "16/B374D848");
    private readonly Option<TransactionId?> _xid = Arg.Option<TransactionId>("--target-xid", "Stop behind this transaction.", "7342");
    private readonly Option<RestorePointName?> _name = Arg.Option<RestorePointName>("--target-name", "Stop at this restore point (pg_create_restore_point).", "before_upgrade");
    private readonly Option<bool> _immediate = new("--target-immediate") { Description = "Stop as soon as the base backup is consistent." };

    public void AddTo(Command command)
    {
        Option[] options = [_time, _lsn, _xid, _name, _immediate];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            var given = options.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
            if (given.Count > 1)
            {
                result.AddError($"{string.Join(" and ", given)} exclude each other.");
            }
        });
    }

    public RecoveryTarget Read(ParseResult parse) =>
        parse.GetValue(_time) is { } time ? new RecoveryTarget.Time(time)
        : parse.GetValue(_lsn) is { } lsn ? new RecoveryTarget.Lsn(lsn)
        : parse.GetValue(_xid) is { } xid ? new RecoveryTarget.Xid(xid)
        : parse.GetValue(_name) is { } name ? new RecoveryTarget.Name(name)
        : parse.GetValue(_immediate) ? new RecoveryTarget.Immediate()
        : new RecoveryTarget.Latest();
}
