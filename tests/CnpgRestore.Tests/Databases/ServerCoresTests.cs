using CnpgRestore.Databases;

namespace CnpgRestore.Tests.Databases;

public sealed class ServerCoresTests
{
    private const string Four = "processor\t: 0\nmodel name\t: processor\n\nprocessor\t: 1\n\nprocessor\t: 2\n\nprocessor\t: 3\n";

    [Theory]
    [InlineData(Four, "", 4)]
    [InlineData(Four, "max 100000\n", 4)]
    [InlineData(Four, "250000 100000\n", 3)]
    [InlineData(Four, "10000 100000\n", 1)]
    [InlineData(Four, "900000 100000\n", 4)]
    [InlineData("", "200000 100000\n", null)]
    public void The_limit_of_the_container_counts_where_it_is_lower(string processors, string limit, int? expected) =>
        Assert.Equal(expected, ServerCores.Count(processors, limit));
}
