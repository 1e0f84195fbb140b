using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Tests.Plans.Clusters;

/// <summary>Which folders may hold another generation of the same database, by the names that people and runs give them.</summary>
public sealed class FolderNamesTests
{
    [Theory]
    [InlineData("orders-v3", "orders-v2", true)]
    [InlineData("orders", "orders-v2", true)]
    [InlineData("orders-later", "orders", true)]
    [InlineData("orders-20260401t100000z", "orders-20260301t100000z", true)]
    [InlineData("orders-v2-20260401t100000z", "orders-v2", true)]
    [InlineData("orders-v2", "orders-v2", false)]
    [InlineData("orders2", "orders", false)]
    [InlineData("users-v3", "orders-v2", false)]
    [InlineData("order", "orders", false)]
    public void A_generation_bears_the_stem_of_the_name(string name, string of, bool expected) => Assert.Equal(expected, FolderNames.IsGeneration(name, of));
}
