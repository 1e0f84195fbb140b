using System.Globalization;

namespace CnpgRestore;

/// <summary>Every environment variable that this program reads, in one place. Inner code takes values, never names.</summary>
#pragma warning disable RS0030 // This is the one file that reads them.
public static class EnvironmentVariables
{
    /// <summary>Folder for journals and locks; default <c>${XDG_STATE_HOME:-~/.local/state}/cnpg-restore</c>.</summary>
    public static string StateFolder =>
        Read("CNPG_RESTORE_STATE")
        ?? Path.Combine(Read("XDG_STATE_HOME") ?? Path.Combine(Home, ".local", "state"), "cnpg-restore");

    /// <summary>Set and not empty: no colour (https://no-color.org).</summary>
    public static bool NoColor => Read("NO_COLOR") is not null || IsDumbTerminal;

    /// <summary>A terminal that cannot move its cursor.</summary>
    public static bool IsDumbTerminal => Read("TERM") == "dumb";

    /// <summary>The width for text that goes into a pipe; null where none is named that text fits in.</summary>
    public static int? Columns => int.TryParse(Read("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width >= 40 ? width : null;

    public static string? AwsAccessKeyId => Read("AWS_ACCESS_KEY_ID");

    public static string? AwsSecretAccessKey => Read("AWS_SECRET_ACCESS_KEY");

    public static string? AwsSessionToken => Read("AWS_SESSION_TOKEN");

    public static string? AwsProfile => Read("AWS_PROFILE");

    public static string? AwsRegion => Read("AWS_REGION") ?? Read("AWS_DEFAULT_REGION");

    /// <summary>Used where no <c>--endpoint</c> is given (AWS SDK reference, service-specific endpoints).</summary>
    public static string? AwsEndpointUrl => Read("AWS_ENDPOINT_URL_S3") ?? Read("AWS_ENDPOINT_URL");

    /// <summary>PEM file with the certificate authorities that the S3 endpoint is trusted by.</summary>
    public static string? AwsCaBundle => Read("AWS_CA_BUNDLE");

    /// <summary>Default for <c>--bucket</c>.</summary>
    public static string? Bucket => Read("CNPG_RESTORE_BUCKET");

    /// <summary>Files with colons between them (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/).</summary>
    public static string? Kubeconfig => Read("KUBECONFIG");

    public static string DefaultKubeconfig => Path.Combine(Home, ".kube", "config");

    // PostgreSQL manual, 34.15. PGPASSWORD, PGPASSFILE and the certificates are read by Npgsql and by psql themselves.
    public static string? PgHost => Read("PGHOST");

    public static string? PgPort => Read("PGPORT");

    public static string? PgUser => Read("PGUSER");

    public static string? PgDatabase => Read("PGDATABASE");

    public static string? PgSslMode => Read("PGSSLMODE");

    public static string? PgSslRootCert => Read("PGSSLROOTCERT");

    /// <summary>OpenSSL's, which .NET follows: the authorities that are trusted instead of the system's.</summary>
    public static string? SslCertFile => Read("SSL_CERT_FILE");

    public static string? SearchPath => Read("PATH");

    // As it stands, though there may be no such folder: the framework gives an empty path then, which is the present folder.
    private static string Home => Read("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
