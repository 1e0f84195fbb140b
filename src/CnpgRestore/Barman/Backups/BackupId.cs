using System.Globalization;

namespace CnpgRestore.Barman.Backups;

/// <summary>
/// The name of a base backup's folder: the moment it began, on the clock of the container that took it, <c>20260301T020000</c>.
/// It stands nowhere inside the backup. The order is the order of time.
/// </summary>
public readonly record struct BackupId : IComparable<BackupId>, IParsable<BackupId>
{
    private const int DateDigits = 8;
    private const int TimeDigits = 6;

    // The fourteen digits as one number.
    private readonly ulong _digits;

    private BackupId(ulong digits)
    {
        _digits = digits;
    }

    public static BackupId Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var id) ? id : throw new FormatException($"'{text}' is not a backup id such as 20260301T020000.");

    /// <summary>Eight digits, <c>T</c>, six digits: barman asks for no more than that.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out BackupId id)
    {
        id = default;
        if (text is not { Length: DateDigits + 1 + TimeDigits } || text[DateDigits] != 'T' ||
            !TryParseDigits(text.AsSpan(0, DateDigits), out var date) || !TryParseDigits(text.AsSpan(DateDigits + 1), out var time))
        {
            return false;
        }

        id = new BackupId((date * 1_000_000) + time);
        return true;
    }

    public int CompareTo(BackupId other) => _digits.CompareTo(other._digits);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_digits / 1_000_000:D8}T{_digits % 1_000_000:D6}");

    private static bool TryParseDigits(ReadOnlySpan<char> text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
