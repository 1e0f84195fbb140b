using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Manifests;

public sealed class FluxReferenceTests
{
    [Theory]
    [InlineData("${A}", "1")]
    [InlineData("x-${A}-${B:=2}${C}", "x-1-2${C}")]
    [InlineData("${B:-two}", "two")]
    [InlineData("${A:=9}", "1")]
    [InlineData("$${A}", "$${A}")]
    [InlineData("$A ${} ${A", "$A ${} ${A")]
    public void References_are_replaced_as_Flux_replaces_them(string text, string expected) =>
        Assert.Equal(expected, FluxReference.Expand(text, name => name == "A" ? "1" : null));

    [Fact]
    public void A_text_around_a_reference_is_no_reference()
    {
        Assert.Equal(new FluxReference("A", "d"), FluxReference.Whole("${A:=d}"));
        Assert.Null(FluxReference.Whole("${A}-db"));
        Assert.Null(FluxReference.Whole("a"));
    }
}
