using System.Globalization;

namespace CnpgRestore.Kubernetes;

/// <summary>A size as Kubernetes writes it: <c>20Gi</c>, <c>500M</c>, <c>1e9</c> (apimachinery, pkg/api/resource/quantity.go).</summary>
public static class Quantity
{
    private static readonly string[] Binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private static readonly string[] Decimal = ["k", "M", "G", "T", "P", "E"];

    /// <summary>Null for what is no size, thousandths included.</summary>
    public static ByteSize? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var (digits, factor) = (text, 1d);
        if (Array.FindIndex(Binary, text.EndsWith) is var binary and >= 0)
        {
            (digits, factor) = (text[..^2], Math.Pow(1024, binary + 1));
        }
        else if (Array.FindIndex(Decimal, text.EndsWith) is var power and >= 0)
        {
            (digits, factor) = (text[..^1], Math.Pow(1000, power + 1));
        }

        return double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && number * factor is >= 0 and < long.MaxValue and var bytes
                ? new ByteSize((long)bytes)
                : null;
    }
}
