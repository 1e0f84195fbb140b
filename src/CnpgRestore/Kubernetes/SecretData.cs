using System.Text;

namespace CnpgRestore.Kubernetes;

/// <summary>A value below a Secret's <c>data</c>.</summary>
static class SecretData
{
    /// <summary>Null where it is no base64: what answers in the API's place need not hold to its types.</summary>
    public static string? Decode(string encoded)
    {
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
