using System.Globalization;

namespace CnpgRestore.Postgres;

/// <summary>The 64-bit number that <c>initdb</c> gives a database system and that every physical copy keeps: <c>7423456789012345678</c>.</summary>
public readonly record struct SystemIdentifier(ulong Value) : IParsable<SystemIdentifier>
{
    public static SystemIdentifier Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var identifier) ? identifier : throw new FormatException($"'{text}' is not a system identifier.");

    public static bool TryParse(string? text, IFormatProvider? provider, out SystemIdentifier identifier)
    {
        var parsed = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        identifier = new SystemIdentifier(value);
        return parsed;
    }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
