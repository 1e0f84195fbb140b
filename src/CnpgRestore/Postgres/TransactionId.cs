using System.Globalization;

namespace CnpgRestore.Postgres;

/// <summary>A 32-bit transaction id as it stands in WAL records: <c>7342</c>. 0 to 2 are PostgreSQL's own and never commit.</summary>
public readonly record struct TransactionId(uint Value) : IParsable<TransactionId>
{
    private const uint FirstNormal = 3;

    public static TransactionId Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var xid) ? xid : throw new FormatException($"'{text}' is not a transaction id.");

    public static bool TryParse(string? text, IFormatProvider? provider, out TransactionId xid)
    {
        var parsed = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= FirstNormal;
        xid = new TransactionId(parsed ? value : 0);
        return parsed;
    }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
