using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>What a Cluster's status says about its running instance (internal/controller/cluster_status.go).</summary>
/// <param name="Report">Of the instance manager; null while it does not answer.</param>
sealed record PrimaryReport(ClusterSpec Spec, JsonObject Pod, JsonObject? Report, Version OperatorVersion)
{
    private bool IsReady => InstanceStatus.IsReady(Pod) && Report is not null;

    public void Write(StatusDraft status, TimeProvider clock)
    {
        status["instances"] = 1;
        status["readyInstances"] = IsReady ? 1 : 0;
        status["jobCount"] = 0;
        status["instancesStatus"] = new JsonObject { [IsReady ? "healthy" : "failed"] = new JsonArray(Spec.InstanceName) };
        status["healthyPVC"] = new JsonArray([.. new Volumes(Spec).Names.Select(name => JsonValue.Create(name))]);
        if (!IsReady)
        {
            status["phase"] = "Waiting for the instances to become active";
            status["phaseReason"] = "Some instances are not yet active. Please wait.";
            status.Condition("Ready", holds: false, "ClusterIsNotReady", "Cluster Is Not Ready");
            return;
        }

        if (status["currentPrimary"].Text() != Spec.InstanceName)
        {
            status["currentPrimary"] = Spec.InstanceName;
            status["currentPrimaryTimestamp"] = StatusDraft.Timestamp(clock);
        }

        status["phase"] = "Cluster in healthy state";
        status["phaseReason"] = null;
        status["timelineID"] = Report!.Copy("timeLineID");
        status["systemID"] = Report!.Copy("systemID");
        status["instancesReportedState"] = new JsonObject
        {
            [Spec.InstanceName] = new JsonObject
            {
                ["isPrimary"] = true,
                ["timeLineID"] = Report!.Copy("timeLineID"),
                ["ip"] = Pod.Text("status", "podIP"),
            },
        };
        status.Condition("Ready", holds: true, "ClusterIsReady", "Cluster is Ready");
        status.Condition("ConsistentSystemID", holds: true, "Unique", "A single, unique system ID was found across reporting instances.");
        if (OperatorVersion >= new Version(1, 30, 0))
        {
            status.Condition("Initialized", holds: true, "BootstrapCompleted", "Cluster bootstrap has completed");
        }

        if (Spec.Tablespaces.Any())
        {
            status["tablespacesStatus"] = new JsonArray([.. Spec.Tablespaces.Select(tablespace => Tablespace(tablespace.Text("name")!))]);
        }

        WriteArchiving(status);
    }

    private static JsonObject Tablespace(string name) => new() { ["name"] = name, ["state"] = "reconciled" };

    /// <summary>Absent until a first WAL file was archived, or could not be.</summary>
    private void WriteArchiving(StatusDraft status)
    {
        if (Spec.Destination is null)
        {
            return;
        }

        if (Report.Text("archiveError") is { } error)
        {
            status.Condition("ContinuousArchiving", holds: false, "ContinuousArchivingFailing", error);
        }
        else if (Report.Text("archivedCount") != "0")
        {
            status.Condition("ContinuousArchiving", holds: true, "ContinuousArchivingSuccess", "Continuous archiving is working");
        }
    }
}
