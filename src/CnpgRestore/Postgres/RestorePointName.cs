using System.Text;

namespace CnpgRestore.Postgres;

/// <summary>A name given to <c>pg_create_restore_point</c>: 1 to 63 bytes without control characters, for example <c>before_upgrade</c>.</summary>
public readonly record struct RestorePointName : IParsable<RestorePointName>
{
    // MAXFNAMELEN - 1 in src/include/access/xlog_internal.h.
    private const int MostBytes = 63;

    private RestorePointName(string value)
    {
        Value = value;
    }

    public string Value { get; }

    public static RestorePointName Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var name) ? name : throw new FormatException($"'{text}' is not a restore point name.");

    public static bool TryParse(string? text, IFormatProvider? provider, out RestorePointName name)
    {
        name = default;
        if (string.IsNullOrEmpty(text) || text.Any(char.IsControl) || Encoding.UTF8.GetByteCount(text) > MostBytes)
        {
            return false;
        }

        name = new RestorePointName(text);
        return true;
    }

    public override string ToString() => Value;
}
