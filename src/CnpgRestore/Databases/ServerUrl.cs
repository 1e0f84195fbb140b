using System.Globalization;
using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>
/// Where a PostgreSQL is, as libpq takes it: <c>postgres://user@host:5432/db?sslmode=verify-full</c>, with the <c>PG*</c> variables for what it
/// does not say (PostgreSQL manual, 34.1.1.2 and 34.15). A password comes from <c>PGPASSWORD</c> or the password file.
/// </summary>
/// <param name="Host">A name, an address, or the folder of a socket.</param>
/// <param name="Password">One that stands in the URL, where everybody who lists processes sees it.</param>
public sealed record ServerUrl(string Host, int Port, string User, string Database, Secret? Password, IReadOnlyDictionary<string, string> Options)
{
    private const int DefaultPort = 5432;
    private const string Example = "postgres://postgres@localhost:5432/app?sslmode=verify-full";

    private static readonly string[] Placing = ["host", "port", "user", "dbname", "password"];

    private static readonly string[] Known = ["sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "options"];

    public bool IsSocket => Host.StartsWith('/');

    /// <summary>What is shown and written down; never with a password.</summary>
    public string Address => IsSocket ? string.Create(CultureInfo.InvariantCulture, $"{Host}/.s.PGSQL.{Port}") : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <exception cref="RestoreException"><see cref="ProblemCode.Usage"/>: no such URL, or a parameter that is not known.</exception>
    public static ServerUrl Parse(string text)
    {
        var scheme = text.Split("://", 2);
        if (scheme is not [("postgres" or "postgresql"), var rest])
        {
            throw Wrong("it does not begin with postgres:// or postgresql://");
        }

        var (place, query) = Split(rest, '?');
        var (authority, database) = Split(place, '/');
        var at = authority.LastIndexOf('@');
        var (user, password) = Split(at < 0 ? "" : authority[..at], ':');
        var (host, port) = SplitHost(at < 0 ? authority : authority[(at + 1)..]);
        var parameters = ReadParameters(query);
        host = Given(host) ?? Take(parameters, "host") ?? EnvironmentVariables.PgHost ?? "localhost";
        port = Given(port) ?? Take(parameters, "port") ?? EnvironmentVariables.PgPort;
        user = Given(user) ?? Take(parameters, "user") ?? EnvironmentVariables.PgUser ?? Environment.UserName;
        database = Given(database) ?? Take(parameters, "dbname") ?? EnvironmentVariables.PgDatabase ?? user;
        password = Given(password) ?? Take(parameters, "password") ?? "";
        if (host.Contains(',', StringComparison.Ordinal))
        {
            throw Wrong("it names more than one host; a restore goes to the primary");
        }

        var number = DefaultPort;
        if (port is not null && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= ushort.MaxValue))
        {
            throw Wrong($"'{port}' is not a port, from 1 to 65535");
        }

        if (parameters.Keys.FirstOrDefault(key => !Known.Contains(key)) is { } unknown)
        {
            throw Wrong($"the parameter {unknown} is not known; these are: {string.Join(", ", Placing.Concat(Known))}");
        }

        if (EnvironmentVariables.PgSslMode is { } mode)
        {
            parameters.TryAdd("sslmode", mode);
        }

        return new ServerUrl(host, number, user, database, password.Length > 0 ? new Secret(password) : null, parameters);
    }

    /// <summary>The URL again, without a password.</summary>
    public override string ToString()
    {
        var host = IsSocket ? Uri.EscapeDataString(Host) : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var query = Options.Count == 0 ? "" : "?" + string.Join('&', Options.Select(option => $"{option.Key}={Uri.EscapeDataString(option.Value)}"));
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{Uri.EscapeDataString(User)}@{host}:{Port}/{Uri.EscapeDataString(Database)}{query}");
    }

    /// <summary>The same for Npgsql, which finds <c>PGPASSWORD</c>, <c>PGPASSFILE</c> and libpq's default certificates by itself.</summary>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Usage"/>: an sslmode or a time-out that libpq does not have.</exception>
    internal NpgsqlConnectionStringBuilder ToNpgsql(string database)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Username = User,
            Database = database,
            Password = Password?.Reveal(),
            Pooling = false,
            // A count or an index takes as long as it takes.
            CommandTimeout = 0,
            ApplicationName = "cnpg-restore",
            // As psql shows it: which sessions or which row stand in the way.
            IncludeErrorDetail = true,
            TcpKeepAlive = !IsSocket,
        };
        foreach (var (name, value) in Options)
        {
            switch (name)
            {
                case "sslmode":
                    settings.SslMode = ToSslMode(value);
                    break;
                case "sslrootcert" when value != "system":
                    settings.RootCertificate = Existing(name, value);
                    break;
                case "sslcert":
                    settings.SslCertificate = Existing(name, value);
                    break;
                case "sslkey":
                    settings.SslKey = Existing(name, value);
                    break;
                case "options":
                    settings.Options = value;
                    break;
                case "connect_timeout":
                    settings.Timeout = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : throw Wrong($"'{value}' is not a connect_timeout in seconds");
                    break;
            }
        }

        // As libpq: an authority is not given to be left unasked (PostgreSQL manual, 34.1.2, sslmode).
        if (settings is { SslMode: SslMode.Require, RootCertificate: not null })
        {
            settings.SslMode = SslMode.VerifyCA;
        }

        return settings;
    }

    private static string Existing(string name, string path) => File.Exists(path) ? path : throw Wrong($"{name}: there is no file {path}");

    private static SslMode ToSslMode(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw Wrong($"'{value}' is not an sslmode: disable, allow, prefer, require, verify-ca, verify-full"),
    };

    private static Dictionary<string, string> ReadParameters(string query) => query
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(parameter => Split(parameter, '='))
        .GroupBy(parameter => parameter.Left, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => Uri.UnescapeDataString(group.Last().Right), StringComparer.Ordinal);

    private static string? Take(Dictionary<string, string> parameters, string name) => parameters.Remove(name, out var value) ? value : null;

    // [2001:db8::1]:5432 has colons that are no separators.
    private static (string Host, string? Port) SplitHost(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        return end < 0 ? Split(text, ':') : (text[1..end], text[(end + 1)..].TrimStart(':'));
    }

    private static (string Left, string Right) Split(string text, char separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, "");

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : Uri.UnescapeDataString(text);

    private static RestoreException Wrong(string detail) => new(ProblemCode.Usage, "the URL of --to cannot be used", detail, $"write it like {Example}");
}
