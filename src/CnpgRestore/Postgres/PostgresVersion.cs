using System.Globalization;

namespace CnpgRestore.Postgres;

/// <summary>A server version of PostgreSQL 10 or later, held as <c>server_version_num</c>: 150020 is written <c>15.20</c>.</summary>
public readonly record struct PostgresVersion(int Number) : IComparable<PostgresVersion>, IParsable<PostgresVersion>
{
    private const int PerMajor = 10_000;
    private const int OldestMajor = 10;

    /// <summary>Data directories and WAL are compatible within one major version only.</summary>
    public int Major => Number / PerMajor;

    public int Minor => Number % PerMajor;

    public static PostgresVersion Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var version) ? version : throw new FormatException($"'{text}' is not a PostgreSQL version such as 15.20.");

    /// <summary>Reads <c>15.20</c>, and <c>15</c> as 15.0.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out PostgresVersion version)
    {
        version = default;
        var parts = text?.Split('.') ?? [];
        var minor = 0;
        if (parts.Length is 0 or > 2 || !TryParsePart(parts[0], out var major) || (parts.Length == 2 && !TryParsePart(parts[1], out minor)) || major < OldestMajor)
        {
            return false;
        }

        version = new PostgresVersion((major * PerMajor) + minor);
        return true;
    }

    public int CompareTo(PostgresVersion other) => Number.CompareTo(other.Number);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static bool TryParsePart(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < PerMajor;
}
