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

    [Theory]
    [InlineData("${EMPTY}", "")]
    [InlineData("${EMPTY:=two}", "two")]
    public void An_empty_value_is_one_unless_there_is_a_default(string text, string expected) =>
        Assert.Equal(expected, FluxReference.Expand(text, name => name == "EMPTY" ? "" : null));

    [Theory]
    [InlineData("x-${C}${D^^}", "${C} ${D^^}")]
    [InlineData("${A:=${B}}", "${A:=${B}")]
    [InlineData("$${A} $A ${} ${1} ${A", "")]
    public void What_is_left_is_found_as_it_stands_there(string text, string left) => Assert.Equal(left, string.Join(' ', FluxReference.LeftIn(text)));

    [Fact]
    public void A_text_around_a_reference_is_no_reference()
    {
        Assert.Equal(new FluxReference("A", "d"), FluxReference.Whole("${A:=d}"));
        Assert.Null(FluxReference.Whole("${A}-db"));
        Assert.Null(FluxReference.Whole("a"));
    }
}
