using CnpgRestore.Barman.Backups;
using CnpgRestore.LocalRestore;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Tests.LocalRestore;

/// <summary>What a base backup needs on a disk, by its tars or by what barman noted of the original's.</summary>
public sealed class DrillSpaceTests
{
    [Theory]
    [InlineData(1000, null, 1000, null)]
    [InlineData(1000, null, 999, "its tars alone have 1000 B, and more when they are decompressed; 999 B are free")]
    [InlineData(1000, 400L, 999, "its tars alone have 1000 B, and more when they are decompressed; 999 B are free")]
    [InlineData(400, 1000L, 999, "the database had 1000 B when it was backed up, as backup.info says; 999 B are free")]
    [InlineData(400, 1000L, 1000, null)]
    public void The_larger_of_the_two_is_needed(long tars, long? cluster, long free, string? detail)
    {
        var tar = new StoredObject(new ObjectKey("s/base/20260301T020000/data.tar"), tars, ETag: null, DateTimeOffset.UnixEpoch);
        var info = new BackupInfo { Status = BackupStatus.Done, ClusterSize = cluster is { } size ? new ByteSize(size) : null };
        var backup = BaseBackup.Judge(BackupId.Parse("20260301T020000"), [tar], info);

        var problem = DrillSpace.Refuse(backup, "/tmp/drill", new ByteSize(free));

        Assert.Equal(detail, problem?.Detail);
        Assert.Equal(detail is null ? null : "no space for base backup 20260301T020000 in /tmp/drill", problem?.Message);
    }

    [Fact]
    public void A_failure_is_told_with_what_is_missing_here()
    {
        var failure = new RestoreException(ProblemCode.Refused, "it ended", "FATAL:  it ended", "look");

        var told = Drill.WithNotes(failure, ["the module bloom is not installed here", "the symbolic link x was not restored"]);

        Assert.Equal("FATAL:  it ended\nnote: the module bloom is not installed here\nnote: the symbolic link x was not restored", told.Problem.Detail);
        Assert.Equal((failure.Problem.Code, failure.Problem.Message, failure.Problem.Hint), (told.Problem.Code, told.Problem.Message, told.Problem.Hint));
        Assert.Equal("note: a", Drill.WithNotes(new RestoreException(ProblemCode.Refused, "it ended"), ["a"]).Problem.Detail);
    }
}
