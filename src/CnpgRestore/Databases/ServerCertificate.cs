using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>Why a server's certificate was refused, which Npgsql's own validation does not tell.</summary>
static class ServerCertificate
{
    /// <summary>Begins another session, looks at the certificate, and refuses it before anything is said.</summary>
    /// <param name="settings">Those of the session that was refused.</param>
    /// <returns>A clause, and what helps; null where the server shows none.</returns>
    public static async Task<(string Why, string Hint)?> ExplainAsync(NpgsqlConnectionStringBuilder settings, CancellationToken ct)
    {
        X509Certificate2? shown = null;
        // Npgsql lets nobody look while it validates itself.
        var unproven = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { SslMode = SslMode.Require, RootCertificate = null };
        var builder = new NpgsqlSlimDataSourceBuilder(unproven.ConnectionString);
        builder.EnableTransportSecurity();
        builder.UseSslClientAuthenticationOptionsCallback(options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            shown = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            return false;
        });
        try
        {
            await using var source = builder.Build();
            await using var session = await source.OpenConnectionAsync(ct);
        }
        catch (NpgsqlException)
        {
            // As it should.
        }

        using (shown)
        {
            return shown is null ? null : Explain(shown, settings);
        }
    }

    private static (string Why, string Hint) Explain(X509Certificate2 shown, NpgsqlConnectionStringBuilder settings) =>
        settings is { SslMode: SslMode.VerifyFull, Host: { } host } && !shown.MatchesHostname(host)
            ? ($"it is for {Names(shown)}, not for {host}", "connect by a name that it is for, or do without that proof: sslmode=verify-ca")
            : ($"it is signed by {shown.Issuer}, which is not trusted here, or it is not valid now (from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u})",
                "name the authority that signed it: --to 'postgres://...?sslmode=verify-full&sslrootcert=FILE'");

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))).ToList();
        return names.Count > 0 ? string.Join(", ", names) : certificate.Subject;
    }
}
