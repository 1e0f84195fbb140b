using System.Globalization;

namespace CnpgRestore.Postgres;

/// <summary>
/// Where recovery shall stop; a closed choice that mirrors PostgreSQL's <c>recovery_target*</c> settings. Written
/// <c>latest</c>, <c>immediate</c>, <c>time 2026-03-01T10:00:00Z</c>, <c>lsn 16/B374D848</c>, <c>xid 7342</c>, <c>name before_upgrade</c>;
/// the forms with an inclusive flag say <c>exclusive</c> at the end when it is off.
/// </summary>
public abstract record RecoveryTarget : IParsable<RecoveryTarget>
{
    private const string ExclusiveSuffix = " exclusive";

    private RecoveryTarget()
    {
    }

    /// <summary>To the end of the archive, without a target.</summary>
    public sealed record Latest : RecoveryTarget
    {
        public override string ToString() => "latest";
    }

    /// <summary>As soon as the base backup is consistent.</summary>
    public sealed record Immediate : RecoveryTarget
    {
        public override string ToString() => "immediate";
    }

    /// <summary>Behind (or in front of, when exclusive) the transactions that ended at this moment.</summary>
    public sealed record Time(TargetTime Moment, bool Inclusive = true) : RecoveryTarget
    {
        public override string ToString() => $"time {Moment}{Suffix(Inclusive)}";
    }

    public sealed record Lsn(Postgres.Lsn Position, bool Inclusive = true) : RecoveryTarget
    {
        public override string ToString() => $"lsn {Position}{Suffix(Inclusive)}";
    }

    public sealed record Xid(TransactionId Transaction, bool Inclusive = true) : RecoveryTarget
    {
        public override string ToString() => $"xid {Transaction}{Suffix(Inclusive)}";
    }

    public sealed record Name(RestorePointName RestorePoint) : RecoveryTarget
    {
        public override string ToString() => $"name {RestorePoint}";
    }

    public static RecoveryTarget Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var target) ? target : throw new FormatException($"'{text}' is not a recovery target.");

    public static bool TryParse(string? text, IFormatProvider? provider, out RecoveryTarget target)
    {
        target = null!;
        var space = text?.IndexOf(' ', StringComparison.Ordinal) ?? -1;
        var kind = space < 0 ? text : text![..space];
        var value = space < 0 ? "" : text![(space + 1)..];
        var inclusive = !value.EndsWith(ExclusiveSuffix, StringComparison.Ordinal);
        var bare = inclusive ? value : value[..^ExclusiveSuffix.Length];
        var culture = CultureInfo.InvariantCulture;
        RecoveryTarget? found = kind switch
        {
            "latest" when space < 0 => new Latest(),
            "immediate" when space < 0 => new Immediate(),
            "time" when TargetTime.TryParse(bare, culture, out var moment) => new Time(moment, inclusive),
            "lsn" when Postgres.Lsn.TryParse(bare, culture, out var position) => new Lsn(position, inclusive),
            "xid" when TransactionId.TryParse(bare, culture, out var transaction) => new Xid(transaction, inclusive),
            "name" when RestorePointName.TryParse(value, culture, out var name) => new Name(name),
            _ => null,
        };
        target = found!;
        return found is not null;
    }

    private static string Suffix(bool inclusive) => inclusive ? "" : ExclusiveSuffix;
}
