using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;

namespace CnpgRestore.Tests.Plans.Apps;

public sealed class AppsStopPlanTests
{
    [Fact]
    public void Whether_a_command_may_be_run_in_a_pod_is_asked_as_the_API_server_asks()
    {
        var found = new FoundApps("shop", "orders", Exists: true, [], [], [], SessionsProblem: null);
        var plan = new AppsStopPlan("run", found, [], TimeSpan.FromMinutes(1), Terminate: false, []);

        // A web socket is opened by a GET; from Kubernetes 1.35 on "create" is asked for, too.
        Assert.Equal(["create", "get"], plan.Access.Where(need => need.Type == ResourceTypes.Pods && need.Sub == "exec").Select(need => need.Verb).Order(StringComparer.Ordinal));
    }
}
