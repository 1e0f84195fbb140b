using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>Whose logs are read where there are too many.</summary>
public sealed class LogChoiceTests
{
    [Fact]
    public void Logs_of_the_Clusters_own_pods_are_read_first_however_old()
    {
        var instance = LiveExam.Instance("orders-1", metadata: ",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"");
        var notes = new NoteTaking();

        var chosen = LogCollection.Choose([.. Enumerable.Range(0, 30).Select(number => LiveExam.PodOf($"load-{number}")), instance], LiveExam.Of("{}").IsOfCluster, notes);

        Assert.Equal((24, instance), (chosen.Count, chosen[0]));
        Assert.Equal("logs of 24 of 31 pods were read: the Cluster's, then the newest", Assert.Single(notes.Notes));
    }
}
