using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>When doctor calls an owner in Git suspended and forgotten, and what it prints to resume it.</summary>
public sealed class GitOpsFindingTests
{
    private const string Run = "20261122t140000z-from-backup-4f2a";
    private const string Manual = """{"syncPolicy":{}}""";
    private const string Notes = """{"annotations":{"cnpg-restore/suspended-by":null,"cnpg-restore/suspended-from":null}}""";

    [Theory]
    // Argo CD's default, and what people write by hand.
    [InlineData("Application", "{}")]
    [InlineData("Application", Manual)]
    [InlineData("Application", """{"syncPolicy":{"syncOptions":["CreateNamespace=true"]}}""")]
    [InlineData("Application", """{"syncPolicy":{"automated":{"enabled":false}}}""")]
    [InlineData("Kustomization", """{"suspend":false}""")]
    public void What_is_as_its_tool_makes_it_is_no_finding(string kind, string spec) => Assert.Empty(Found(kind, spec));

    [Fact]
    public void An_Application_that_somebody_has_resumed_before_is_none_whatever_notes_it_still_has() =>
        Assert.Empty(Found("Application", """{"syncPolicy":{"automated":{}}}""", (RunAnnotations.SuspendedBy, Run), (RunAnnotations.SuspendedFrom, "{}")));

    [Theory]
    [InlineData("Application", Manual, """{"prune":true,"selfHeal":true}""", """{"syncPolicy":{"automated":{"prune":true,"selfHeal":true}}}""")]
    [InlineData("Application", Manual, "{}", """{"syncPolicy":{"automated":{}}}""")]
    [InlineData("Kustomization", """{"suspend":true}""", "null", """{"suspend":null}""")]
    [InlineData("HelmRelease", """{"suspend":true}""", "false", """{"suspend":false}""")]
    public void What_a_run_has_suspended_gets_back_what_it_had_and_loses_the_notes(string kind, string spec, string before, string back)
    {
        var finding = Assert.Single(Found(kind, spec, (RunAnnotations.SuspendedBy, Run), (RunAnnotations.SuspendedFrom, before)));

        Assert.Equal($"suspended by run {Run}", Assert.Single(finding.Evidence).Text);
        Assert.Equal(
            $"kubectl patch {kind.ToLowerInvariant()} apps -n gitops --type merge -p '{{\"spec\":{back},\"metadata\":{Notes}}}'", finding.Command);
    }

    [Fact]
    public void What_stood_still_for_applications_loses_that_note_too()
    {
        var finding = Assert.Single(Found("Application", Manual, (RunAnnotations.SuspendedBy, Run), (RunAnnotations.SuspendedFrom, "{}"), (StopRecord.ClusterAnnotation, "shop/orders")));

        Assert.Contains("\"cnpg-restore/stopped-for\":null", finding.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Kustomization_that_a_person_has_suspended_is_resumed_as_a_person_does()
    {
        var finding = Assert.Single(Found("Kustomization", """{"suspend":true}"""));

        Assert.Equal("suspended by hand", Assert.Single(finding.Evidence).Text);
        Assert.Equal("kubectl patch kustomization apps -n gitops --type merge -p '{\"spec\":{\"suspend\":false}}'", finding.Command);
    }

    [Fact]
    public void Where_the_note_of_what_was_there_is_gone_or_damaged_nothing_is_guessed()
    {
        var gone = Assert.Single(Found("Application", Manual, (RunAnnotations.SuspendedBy, Run)));
        var damaged = Assert.Single(Found("Application", Manual, (RunAnnotations.SuspendedBy, Run), (RunAnnotations.SuspendedFrom, "{prune")));

        Assert.Equal("kubectl edit application apps -n gitops", gone.Command);
        Assert.Equal(gone.Command, damaged.Command);
    }

    [Fact]
    public void A_quote_in_a_note_does_not_end_the_quotes_of_the_shell()
    {
        var finding = Assert.Single(Found("Application", Manual, (RunAnnotations.SuspendedBy, Run), (RunAnnotations.SuspendedFrom, """{"x":"it's"}""")));

        Assert.Equal(2, finding.Command!.Count(letter => letter == '\''));
    }

    private static IReadOnlyList<Finding> Found(string kind, string spec, params (string Name, string Value)[] annotations)
    {
        var type = kind switch { "Application" => ResourceTypes.Applications, "HelmRelease" => ResourceTypes.HelmReleases, _ => ResourceTypes.Kustomizations };
        var owner = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "apps",
                ["namespace"] = "gitops",
                ["resourceVersion"] = "42",
                ["annotations"] = new JsonObject(annotations.Select(note => KeyValuePair.Create<string, JsonNode?>(note.Name, note.Value))),
            },
            ["spec"] = JsonNode.Parse(spec),
        };
        var state = GitOpsState.Of(ObjectReference.Of(type, owner), owner, new NoteTaking());
        var exam = new Examination { Cluster = "orders", Namespace = "shop", Time = DateTimeOffset.UnixEpoch, HasKubernetes = true, Owners = [state] };
        return [.. Verdict.On(exam).Findings.Where(finding => finding.Id == "gitops-left-suspended")];
    }
}
