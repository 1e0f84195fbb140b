namespace CnpgRestore.ServerTests;

/// <summary>A clock on which every wait and every time limit passes faster by a factor: a minute of retries in a second. Below 1 it is a patient one.</summary>
sealed class HurriedClock(double factor) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / factor : dueTime, period);
}
