using CnpgRestore.Kubernetes;

namespace CnpgRestore.Tests.Kubernetes;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("1Gi", 1L << 30)]
    [InlineData("1.5Ki", 1536)]
    [InlineData("500M", 500_000_000)]
    [InlineData("2k", 2000)]
    [InlineData("1e3", 1000)]
    [InlineData("7", 7)]
    public void A_size_is_read_as_Kubernetes_writes_it(string text, long bytes) => Assert.Equal(bytes, Quantity.TryParse(text)?.Bytes);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Gi")]
    [InlineData("-1Gi")]
    [InlineData("100m")]
    [InlineData("many")]
    public void What_is_no_size_is_none(string? text) => Assert.Null(Quantity.TryParse(text));
}
