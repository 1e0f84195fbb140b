using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>All checks against the situations of an API server: each finding fires in its own and in no other, and who follows what is printed is rid of it.</summary>
public sealed class ApiSituationTests(TestBed bed)
{
    public static TheoryData<string> Names { get; } = [.. ApiSituations.All.Select(situation => situation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Doctor_says_what_is_wrong_and_nothing_else_and_what_it_prints_repairs(string name)
    {
        var situation = ApiSituations.All.Single(situation => situation.Name == name);
        await using var scene = await RecordedScene.OpenAsync(bed, situation.Folders);
        await situation.ArrangeAsync(scene);
        var file = situation.File?.Invoke(scene);

        var exam = await scene.ExamineAsync(file);

        new Situation(name, exam, situation.Expected).Assert();
        if (situation.Repair is { } repair)
        {
            await RepairAsync(scene, name, Verdict.On(exam), repair, file);
        }
    }

    [Fact]
    public void What_is_not_found_for_real_or_not_followed_has_its_reason()
    {
        var all = Ailments.All.Select(ailment => ailment.Id).Order(StringComparer.Ordinal).ToList();
        var followed = NodeSituations.Repairs.Values.Concat(ApiSituations.All.Select(situation => situation.Repair)).OfType<Repair>().SelectMany(repair => repair.Follow).ToHashSet();
        var found = NodeSituations.Found.Concat(ApiSituations.All.SelectMany(situation => situation.Expected)).Concat(SituationTests.Found).Concat(RecoveryLogTests.Found).ToHashSet();

        Assert.Empty(all.Except(followed).Except(NotFollowed.Reasons.Keys).Except(NotFollowed.Alike.Keys));
        Assert.Empty(NotFollowed.Reasons.Keys.Concat(NotFollowed.Alike.Keys).Concat(NotFollowed.NotReal.Keys).Except(all));
        Assert.All(NotFollowed.Alike, pair => Assert.True(followed.Contains(pair.Value) && Ailments.Of(pair.Key).Command == Ailments.Of(pair.Value).Command, $"{pair.Key} is not repaired like {pair.Value}"));
        Assert.Empty(all.Except(found).Except(NotFollowed.NotReal.Keys));
        Assert.Empty(found.Intersect(NotFollowed.NotReal.Keys));
    }

    private static async Task RepairAsync(RecordedScene scene, string name, Verdict verdict, Repair repair, string? file)
    {
        using var person = new Person(scene.Api.Server);
        if (file is not null)
        {
            person.Write("cluster.yaml", file);
        }

        var typing = repair with { Edit = repair.Edit?.Replace("BUCKET", $"s3://{scene.Bucket}, endpointURL: {scene.S3.Endpoint.Replace("/", "\\/", StringComparison.Ordinal)}, s3Credentials: {{accessKeyId: {{name: s3, key: ACCESS_KEY_ID}}, secretAccessKey: {{name: s3, key: ACCESS_SECRET_KEY}}, region: {{name: s3, key: REGION}}}}", StringComparison.Ordinal) };
        var repaired = await person.FollowAsync(
            verdict, typing, async () => await scene.ExamineAsync(file is null ? null : await File.ReadAllTextAsync(Path.Combine(person.Folder, "cluster.yaml"), TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);

        repaired.Assert(name, repair);
    }
}
