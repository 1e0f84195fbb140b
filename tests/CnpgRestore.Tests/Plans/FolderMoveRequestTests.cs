using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans;

namespace CnpgRestore.Tests.Plans;

/// <summary>The line that goes on with a move is copied into a shell days later.</summary>
public sealed class FolderMoveRequestTests
{
    private static readonly string[] Place = ["-b", "s3://pg", "-e", "https://s3.example.org"];

    [Theory]
    [InlineData(false, false, S3Settings.DefaultParallelism, "cnpg-restore rename a b -b s3://pg -e https://s3.example.org")]
    [InlineData(true, false, S3Settings.DefaultParallelism, "cnpg-restore rename -r a b -b s3://pg -e https://s3.example.org")]
    [InlineData(true, true, 8, "cnpg-restore rename -r --verify full --parallel 8 a b -b s3://pg -e https://s3.example.org")]
    public void It_asks_for_the_same_proof_and_spares_the_store_as_much(bool remove, bool readBack, int parallelism, string line) =>
        Assert.Equal(line, new FolderMoveRequest("a", "b", remove, readBack, parallelism).CommandLine(Place));

    [Fact]
    public void What_a_shell_would_take_apart_is_quoted()
    {
        var folder = Directory.CreateTempSubdirectory("cnpg restore test ");
        using var store = new DirectoryObjectStore(folder.FullName);
        IObjectStore opened = store;
        var request = new FolderMoveRequest("my server", "b", RemoveSource: false, ReadBack: false, S3Settings.DefaultParallelism);

        Assert.Equal($"cnpg-restore rename 'my server' b -b 'file://{folder.FullName}' --endpoint-ca 'my ca.pem'", request.CommandLine([.. opened.Options, "--endpoint-ca", "my ca.pem"]));
        folder.Delete();
    }
}
