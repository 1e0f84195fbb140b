using CnpgRestore.Runs;

namespace CnpgRestore.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-lock-");

    [Fact]
    public void A_second_holder_is_refused_and_told_the_first_until_that_lets_go()
    {
        var state = new StateFolder(_folder.FullName);
        using (RunLock.Take(state, "a/ in s3://b"))
        {
            using var other = RunLock.Take(state, "c/ in s3://b");
            var problem = Assert.Throws<RestoreException>(() => RunLock.Take(state, "a/ in s3://b")).Problem;

            Assert.Equal(ProblemCode.Locked, problem.Code);
            Assert.Equal("another run holds a/ in s3://b", problem.Message);
            Assert.Equal($"process {Environment.ProcessId} on {Environment.MachineName}: a/ in s3://b", problem.Detail);
        }

        RunLock.Take(state, "a/ in s3://b").Dispose();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
