using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary><c>doctor --watch</c> as a person has it open beside the work.</summary>
public sealed class DoctorWatchTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_and_goes_is_told_and_an_interrupt_ends_it_with_the_code_of_the_last_look()
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders"));
        using var person = new Person(scene.Api.Server);
        var seen = Path.Combine(person.Folder, "seen");
        await using var watch = ToolProcess.Start(person.Typing($"exec cnpg-restore doctor orders -n {scene.Api.Namespace} --watch > seen", new Repair()));
        await UntilAsync(watch, seen, "healthy (2 notes)");

        await AnnotateAsync(scene, "cnpg.io/hibernation=on");
        await UntilAsync(watch, seen, "warnings (1 warning, 2 notes)");
        await AnnotateAsync(scene, "cnpg.io/hibernation-");
        await UntilAsync(watch, seen, "gone     cluster-hibernated: cluster orders is hibernated");
        await AnnotateAsync(scene, "cnpg.io/fencedInstances=[\"*\"]");
        await UntilAsync(watch, seen, "warning  cluster-fenced: ");
        await watch.SignalAsync("INT", Ct);
        var ended = await watch.WaitAsync(Ct);

        var text = await File.ReadAllTextAsync(seen, Ct);
        Assert.True(ended.ExitCode == 3, $"exit code {ended.ExitCode}\n{text}{ended.Error}");
        Assert.Empty(ended.Error);
        Assert.Contains($"do       kubectl annotate cluster orders -n {scene.Api.Namespace} cnpg.io/hibernation=off --overwrite", text, StringComparison.Ordinal);
    }

    private static async Task AnnotateAsync(RecordedScene scene, string annotation) =>
        (await ToolProcess.RunAsync(scene.Api.Server.Kubectl("annotate", "cluster", "orders", "-n", scene.Api.Namespace, annotation), Ct)).Succeeded();

    private static async Task UntilAsync(ToolProcess watch, string path, string words)
    {
        var deadline = Task.Delay(TimeSpan.FromMinutes(2), Ct);
        while (!File.Exists(path) || !(await File.ReadAllTextAsync(path, Ct)).Contains(words, StringComparison.Ordinal))
        {
            if (deadline.IsCompleted || watch.HasExited)
            {
                throw new TimeoutException($"doctor --watch did not say '{words}'\n{(File.Exists(path) ? await File.ReadAllTextAsync(path, Ct) : "")}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
        }
    }
}
