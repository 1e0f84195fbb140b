using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Manifests;

public sealed class GoldenManifestTests
{
    public static TheoryData<string> Names => GoldenManifest.Names;

    public static TheoryData<string> Edited => GoldenManifest.Edited;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_manifest_becomes_what_is_expected_byte_for_byte(string name)
    {
        var golden = new GoldenManifest(name);
        if (golden.Find("problem") is { } problem)
        {
            Assert.Equal(problem, Refusal(golden));
            return;
        }

        var set = golden.Open();
        var edit = golden.Edit(set);
        Assert.Equal(golden.Find("expected.yaml"), set.Files[0].Text.Text);
        if (golden.Find("ks.yaml") is { } kustomization)
        {
            Assert.Equal(golden.Find("expected-ks.yaml") ?? kustomization, set.Files[1].Text.Text);
        }

        Assert.Equal(golden.Find("notes") ?? "", string.Concat(edit.Notes.Select(note => $"note: {note}\n")));
    }

    [Theory]
    [MemberData(nameof(Edited))]
    public void The_same_edit_again_changes_nothing(string name)
    {
        var golden = new GoldenManifest(name);
        var once = GoldenManifest.Open(golden.Find("expected.yaml")!, golden.Find("expected-ks.yaml") ?? golden.Find("ks.yaml"));
        golden.Edit(once);
        Assert.DoesNotContain(once.Files, file => file.IsChanged);
    }

    [Fact]
    public void There_are_manifests_of_every_kind() => Assert.True(GoldenManifest.Names.Count >= 50 && GoldenManifest.Edited.Count >= 30);

    // As the command line prints it.
    private static string Refusal(GoldenManifest golden)
    {
        ManifestSet? set = null;
        var problem = Assert.Throws<RestoreException>(() =>
        {
            set = golden.Open();
            golden.Edit(set);
        }).Problem;
        Assert.DoesNotContain(set?.Files ?? [], file => file.IsChanged);
        return $"exit {(int)problem.Code}\nerror:  {problem.Message}\n" +
            (problem.Detail is { } detail ? $"detail: {detail}\n" : "") +
            (problem.Hint is { } hint ? $"hint:   {hint}\n" : "");
    }
}
