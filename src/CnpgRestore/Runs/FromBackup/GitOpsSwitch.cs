using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.FromBackup;
namespace CnpgRestore.Runs.FromBackup;
sealed class GitOpsSwitch(KubernetesApi api, FromBackupDecision decision)
{
    public Task<string> SuspendAsync(StepMeter meter, CancellationToken ct) => throw new NotImplementedException();
    public Task DemandSuspendedAsync(CancellationToken ct) => Task.CompletedTask;
    public Task<string> ResumeAsync(StepMeter meter, CancellationToken ct) => throw new NotImplementedException();
}
