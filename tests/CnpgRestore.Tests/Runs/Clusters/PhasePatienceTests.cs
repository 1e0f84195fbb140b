using CnpgRestore.Kubernetes;
using CnpgRestore.Runs.Clusters;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.Runs.Clusters;

/// <summary>A plugin's pod is replaced during a recovery, and the operator says for a minute that it cannot go on.</summary>
public sealed class PhasePatienceTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(ClusterPhase.PluginError)]
    [InlineData(ClusterPhase.UnknownPlugin)]
    [InlineData(ClusterPhase.CannotCreateObjects)]
    public void What_the_operator_tries_again_by_itself_is_waited_for(string phase)
    {
        var patience = new PhasePatience(_clock);

        Assert.False(patience.IsOver(phase, isAlive: false));
        _clock.Advance(PhasePatience.Longest - Moment);
        Assert.False(patience.IsOver(phase, isAlive: false));
        _clock.Advance(Moment);
        Assert.True(patience.IsOver(phase, isAlive: false));
    }

    [Fact]
    public void A_recovery_that_runs_is_waited_for_without_end()
    {
        var patience = new PhasePatience(_clock);
        Assert.False(patience.IsOver(ClusterPhase.PluginError, isAlive: false));
        _clock.Advance(PhasePatience.Longest);

        Assert.False(patience.IsOver(ClusterPhase.PluginError, isAlive: true));
        // Its end begins the time anew.
        Assert.False(patience.IsOver(ClusterPhase.PluginError, isAlive: false));
        Assert.False(patience.IsOver(ClusterPhase.ImageCatalogError, isAlive: true));
    }

    [Fact]
    public void A_phase_that_passes_begins_anew()
    {
        var patience = new PhasePatience(_clock);
        Assert.False(patience.IsOver(ClusterPhase.PluginError, isAlive: false));
        _clock.Advance(PhasePatience.Longest);

        Assert.False(patience.IsOver("", isAlive: false));
        Assert.False(patience.IsOver(ClusterPhase.PluginError, isAlive: false));
    }

    [Fact]
    public void What_waits_for_a_person_is_told_at_once() => Assert.True(new PhasePatience(_clock).IsOver(ClusterPhase.ImageCatalogError, isAlive: false));
}
