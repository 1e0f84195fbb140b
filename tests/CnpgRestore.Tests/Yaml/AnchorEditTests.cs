using CnpgRestore.Yaml;

namespace CnpgRestore.Tests.Yaml;

public sealed class AnchorEditTests
{
    [Theory]
    // The first alias that is left takes the anchor over, the others stay.
    [InlineData("a: &x one\nb: *x\nc: *x\n", "# a: &x one\nb: *x\nc: *x\n", "# a: &x one\nb: &x one\nc: *x\n")]
    [InlineData("a: &x {y: 1, z: [2]}\nb: *x\n", "b: *x\n", "b: &x {y: 1, z: [2]}\n")]
    [InlineData("a: &x 'it''s'\nb: *x\nd: &y 2\ne: [*y]\n", "b: *x\ne: [*y]\n", "b: &x 'it''s'\ne: [&y 2]\n")]
    // Of two definitions of one name the last in front counts.
    [InlineData("a: &x one\nb: &x two\nc: *x\n", "c: *x\n", "c: &x two\n")]
    // An alias that never had an anchor is none of ours.
    [InlineData("b: *x\n", "b: *x\n", "b: *x\n")]
    [InlineData("a: &x one\nb: *x\n", "a: &x one\nb: *x\n", "a: &x one\nb: *x\n")]
    public void An_anchor_whose_lines_go_moves_to_its_first_alias(string before, string after, string expected) =>
        Assert.Equal(expected, AnchorEdit.Rescue(Text(before), Text(after), 0).Text);

    [Theory]
    [InlineData("b: &x one\nc: *x\n", "a: &x one\nb: &x one\nc: *x\n", "a: &x one\nb: *x\nc: *x\n")]
    // It says something else: both stay.
    [InlineData("b: &x two\n", "a: &x one\nb: &x two\n", "a: &x one\nb: &x two\n")]
    // Two that were there before are the writer's own.
    [InlineData("a: &x one\nb: &x one\n", "a: &x one\nb: &x one\n", "a: &x one\nb: &x one\n")]
    [InlineData("b: &x {y: 1}\n", "a: &x {y: 1}\nb: &x {y: 1}\n", "a: &x {y: 1}\nb: &x {y: 1}\n")]
    public void An_anchor_that_comes_back_makes_its_heir_an_alias_again(string before, string after, string expected) =>
        Assert.Equal(expected, AnchorEdit.Reunite(Text(before), Text(after), 0).Text);

    [Theory]
    [InlineData("a: 1\nb: *x\n", "input.yaml line 2: the alias *x has no anchor &x")]
    [InlineData("a: *x\nb: 1\nc: &x 2\n", "input.yaml line 1: the alias *x is used before its anchor &x on line 3")]
    [InlineData("a: &x 1\n---\nb: *x\n", "input.yaml line 3: the alias *x has no anchor &x")]
    public void An_alias_without_an_anchor_is_refused_with_its_line(string source, string message)
    {
        var problem = Assert.Throws<RestoreException>(() => AnchorEdit.RequireResolved(Text(source))).Problem;
        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Equal(message, problem.Message);
    }

    [Fact]
    public void Aliases_behind_their_anchors_are_fine() => AnchorEdit.RequireResolved(Text("a: &x 1\nb: *x\n---\nc: &x 2\nd: [*x]\n"));

    private static YamlText Text(string source) => YamlText.Parse(source, "input.yaml");
}
