namespace CnpgRestore.Databases;

/// <summary>
/// The authorities that this machine trusts, for psql and pg_restore. Npgsql takes them where no other is named; libpq does so from PostgreSQL 16 on
/// and only for <c>sslrootcert=system</c>, and would refuse what was just let in.
/// </summary>
static class SystemAuthorities
{
    public const string Word = "system";

    /// <summary>Debian's, Red Hat's, and that of OpenSSL itself.</summary>
    private static readonly string[] Files = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

    /// <returns>Null where the URL, the environment or the home folder names others, or nothing is to be proven.</returns>
    public static string? For(ServerUrl url)
    {
        if (url.Options.GetValueOrDefault("sslmode") is not ("verify-ca" or "verify-full"))
        {
            return null;
        }

        return url.Options.TryGetValue("sslrootcert", out var root) ? root == Word ? Find() : null
            : EnvironmentVariables.PgSslRootCert is not null || File.Exists(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".postgresql", "root.crt")) ? null
            : Find();
    }

    private static string? Find() => EnvironmentVariables.SslCertFile ?? Files.FirstOrDefault(File.Exists);
}
