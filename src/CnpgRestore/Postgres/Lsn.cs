using System.Globalization;

namespace CnpgRestore.Postgres;

/// <summary>A position in the write-ahead log, in bytes, written as PostgreSQL writes it: <c>16/B374D848</c>.</summary>
public readonly record struct Lsn(ulong Value) : IComparable<Lsn>, IParsable<Lsn>
{
    private const int HalfDigits = 8;

    public static Lsn operator +(Lsn lsn, ulong bytes) => new(checked(lsn.Value + bytes));

    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;

    public static Lsn Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var lsn) ? lsn : throw new FormatException($"'{text}' is not an LSN such as 16/B374D848.");

    /// <summary>Two hexadecimal halves of one to eight digits each, as <c>pg_lsn</c> reads them; nothing around them.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out Lsn lsn)
    {
        lsn = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !TryParseHalf(text.AsSpan(0, slash), out var high) || !TryParseHalf(text.AsSpan(slash + 1), out var low))
        {
            return false;
        }

        lsn = new Lsn(((ulong)high << 32) | low);
        return true;
    }

    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(uint)(Value >> 32):X}/{(uint)Value:X}");

    private static bool TryParseHalf(ReadOnlySpan<char> text, out uint half)
    {
        half = 0;
        return text.Length is > 0 and <= HalfDigits && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out half);
    }
}
