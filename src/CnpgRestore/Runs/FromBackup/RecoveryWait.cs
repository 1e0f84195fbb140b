using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.FromBackup;
namespace CnpgRestore.Runs.FromBackup;
sealed class RecoveryWait(KubernetesApi api, FromBackupDecision decision, IRunObserver observer, TimeProvider clock)
{
    public Task<string> WaitAsync(StepMeter meter, CancellationToken ct) => throw new NotImplementedException();
}
