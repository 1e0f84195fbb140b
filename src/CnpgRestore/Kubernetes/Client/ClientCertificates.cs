using System.Security.Cryptography.X509Certificates;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>A client's certificate, its key, and the certificates between it and its authority, from PEM.</summary>
static class ClientCertificates
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is no PEM, or the key is not the certificate's.</exception>
    public static X509Certificate2Collection Read(string certificate, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate);
        if (chain.Count > 0)
        {
            chain[0] = X509Certificate2.CreateFromPem(certificate, key);
        }

        return chain;
    }
}
