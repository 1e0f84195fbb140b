using CnpgRestore.Kubernetes;

namespace CnpgRestore.Tests.Kubernetes;

public sealed class KubernetesSettingsTests
{
    [Fact]
    public void A_silent_line_is_taken_for_dead_when_kubectl_would_do_so()
    {
        var settings = new KubernetesSettings();

        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15)), (settings.PingDelay, settings.PingTimeout));
    }
}
