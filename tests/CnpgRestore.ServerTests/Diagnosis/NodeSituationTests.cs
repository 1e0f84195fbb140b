namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>All checks against all situations of a node: each finding fires in its own and in no other, and nothing fires where all is well.</summary>
public sealed class NodeSituationTests(NodeSituations situations) : IClassFixture<NodeSituations>
{
    [Theory]
    [MemberData(nameof(NodeSituations.Names), MemberType = typeof(NodeSituations))]
    public void Doctor_says_what_is_wrong_and_nothing_else(string name) => situations[name].Assert();

    [Theory]
    [MemberData(nameof(NodeSituations.Repaired), MemberType = typeof(NodeSituations))]
    public void Who_types_only_what_is_printed_has_it_repaired(string name) => situations.AssertRepaired(name);
}
