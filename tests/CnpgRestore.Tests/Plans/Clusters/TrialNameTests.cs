using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Tests.Plans.Clusters;

public sealed class TrialNameTests
{
    // 41 and 50 characters; a dash where it is cut; names that were made this way themselves.
    [Theory]
    [InlineData("orders", "orders-preflight")]
    [InlineData("a23456789-a23456789-a23456789-a234567890", "a23456789-a23456789-a23456789-a234567890-preflight")]
    [InlineData("a23456789-a23456789-a23456789-a234567890b", "a23456789-a23456789-a23456789-a234567890-preflight")]
    [InlineData("a23456789-a23456789-a23456789-a2345678901234567890", "a23456789-a23456789-a23456789-a234567890-preflight")]
    [InlineData("a23456789-a23456789-a23456789-a23456789-b", "a23456789-a23456789-a23456789-a23456789-preflight")]
    [InlineData("a23456789-a23456789-a23456789-a234567890-preflight", "a23456789-a23456789-a23456789-a234567890-pre-trial")]
    [InlineData("a23456789-a23456789-a23456789-a23456789-preflight", "a23456789-a23456789-a23456789-a23456789-pref-trial")]
    public void It_is_a_name_that_the_operator_admits_and_not_the_cluster_s_own(string cluster, string trial)
    {
        Assert.Equal(trial, TrialName.Of(cluster));
        Assert.True(trial.Length <= 50, $"{trial.Length} characters");
        Assert.NotEqual(cluster, trial);
        Assert.Matches("^[a-z]([a-z0-9-]*[a-z0-9])?$", trial);
    }
}
