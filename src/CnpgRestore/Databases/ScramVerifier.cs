using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CnpgRestore.Databases;

/// <summary>
/// What PostgreSQL keeps of a password, <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c> (RFC 5802, section 3; src/common/scram-common.c):
/// given in place of a password, nobody on the way learns with what to log in.
/// </summary>
public static class ScramVerifier
{
    private const int Iterations = 4096;
    private const int SaltLength = 16;

    /// <param name="password">Of ASCII, which SASLprep leaves as it is.</param>
    public static string Of(Secret password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password.Reveal(), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, Encoding.ASCII.GetBytes("Client Key")));
        var server = HMACSHA256.HashData(salted, Encoding.ASCII.GetBytes("Server Key"));
        return string.Create(CultureInfo.InvariantCulture, $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}");
    }
}
