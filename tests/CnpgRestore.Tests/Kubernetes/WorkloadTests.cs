using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Tests.Kubernetes;

/// <summary>Names of workloads, and the changes that stop them.</summary>
public sealed class WorkloadTests
{
    [Theory]
    [InlineData("deployment/web", "shop", true)]
    [InlineData("Deployments/web", "shop", true)]
    [InlineData("deployments.apps/web.shop", "shop", true)]
    [InlineData("deployment/web", "front", false)]
    [InlineData("deployment/web.front", "shop", false)]
    [InlineData("statefulset/web", "shop", false)]
    public void A_name_means_an_object_of_its_kind_and_namespace(string text, string home, bool expected) =>
        Assert.Equal(expected, AppName.Parse(text, null).Names(new ObjectReference(ResourceTypes.Deployments, "shop", "web"), home));

    [Theory]
    [InlineData("web")]
    [InlineData("deployment/")]
    [InlineData("/web")]
    [InlineData("deployment/web.")]
    [InlineData("deployment/.shop")]
    [InlineData("a/b/c")]
    public void What_names_no_workload_is_refused(string text) => Assert.False(AppName.TryParse(text, null, out _));

    [Theory]
    [InlineData(StopMethod.Suspend, """{"spec":{"suspend":false}}""")]
    [InlineData(StopMethod.Suspend, """{"spec":{"schedule":"@daily"}}""")]
    [InlineData(StopMethod.Pause, """{"metadata":{"annotations":{"autoscaling.keda.sh/paused-replicas":"4"}}}""")]
    [InlineData(StopMethod.Pause, """{"metadata":{"annotations":{"a":"b"}}}""")]
    [InlineData(StopMethod.Unschedule, """{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}""")]
    public void What_is_stopped_and_restored_is_what_it_was(StopMethod method, string json)
    {
        var item = JsonNode.Parse(json)!.AsObject();
        var before = StopChange.Before(method, item);

        var stopped = Merge(item, StopChange.Stop(method));
        var restored = Merge(stopped, StopChange.Restore(method, before));

        Assert.False(StopChange.IsStopped(method, item));
        Assert.True(StopChange.IsStopped(method, stopped));
        Assert.Equal(item.ToJsonString(), restored.ToJsonString());
    }

    [Fact]
    public void The_minimum_of_an_autoscaler_is_honoured_and_nothing_is_guessed()
    {
        var web = new ObjectReference(ResourceTypes.Deployments, "shop", "web");

        Assert.Equal(3, new StoppedApp(web, StopMethod.Scale, new StopRecord("run", "shop/orders", "2"), Minimum: 3).Replicas);
        Assert.Equal(7, new StoppedApp(web, StopMethod.Scale, new StopRecord("run", "shop/orders", "7"), Minimum: 3).Replicas);
        Assert.Equal(2, new StoppedApp(web, StopMethod.Scale, new StopRecord("run", "shop/orders", "2"), Minimum: 0).Replicas);
    }

    [Theory]
    [InlineData(StopMethod.Scale, "three")]
    [InlineData(StopMethod.Scale, "-1")]
    [InlineData(StopMethod.Scale, "99999999999")]
    [InlineData(StopMethod.Suspend, "yes please")]
    public void A_note_that_somebody_has_edited_is_refused_by_its_name(StopMethod method, string before)
    {
        var web = new ObjectReference(ResourceTypes.Deployments, "shop", "web");

        var problem = Assert.Throws<RestoreException>(() => StoppedApp.Read(web, method, new StopRecord("run", "shop/orders", before), minimum: 0)).Problem;

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Contains(StopRecord.BeforeAnnotation, problem.Message, StringComparison.Ordinal);
        Assert.Contains(before, problem.Message, StringComparison.Ordinal);
    }

    /// <summary>As the API merges a patch (RFC 7396).</summary>
    private static JsonObject Merge(JsonObject item, JsonObject patch)
    {
        var merged = item.DeepClone().AsObject();
        foreach (var (key, value) in patch)
        {
            if (value is null)
            {
                merged.Remove(key);
            }
            else
            {
                merged[key] = value is JsonObject inner ? Merge(merged[key] as JsonObject ?? [], inner) : value.DeepClone();
            }
        }

        return merged;
    }
}
