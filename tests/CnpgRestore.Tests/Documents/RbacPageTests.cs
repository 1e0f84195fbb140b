using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using YamlDotNet.RepresentationModel;

namespace CnpgRestore.Tests.Documents;

/// <summary>What <c>docs/rbac.md</c> grants is all that a run asks the API for.</summary>
public sealed class RbacPageTests
{
    private const string Home = "database";

    private static readonly List<YamlMappingNode> Documents = Read();

    [Fact]
    public void The_page_grants_what_a_recovery_and_a_new_Cluster_ask_for() => AssertGranted(ClusterAccess.OfFresh(Decision, deletes: true));

    [Fact]
    public void The_page_grants_what_stopping_and_starting_applications_asks_for()
    {
        var apps = Workloads().ToList();
        var stop = new AppsStopPlan("run", new FoundApps(Home, "orders", Exists: true, [], [], [], SessionsProblem: null), Decision.Owners, TimeSpan.FromMinutes(1), Terminate: false, []);
        var patches = apps.Select(type => ("patch", type, "shop", (string?)null));
        var scaled = apps.Where(type => type.Kind is "Deployment" or "StatefulSet" or "ReplicaSet" or "Pooler").SelectMany(type => ((string[])["get", "patch"]).Select(verb => (verb, type, "shop", (string?)"scale")));

        AssertGranted([.. stop.Access, .. patches, .. scaled]);
    }

    [Fact]
    public void The_page_lets_the_program_read_all_that_it_lists()
    {
        // In the namespace of the Cluster.
        ResourceType[] here =
        [
            ResourceTypes.Clusters, ResourceTypes.Backups, ResourceTypes.ScheduledBackups, ResourceTypes.Poolers, ResourceTypes.ObjectStores, ResourceTypes.Pods, ResourceTypes.Jobs,
            ResourceTypes.PersistentVolumeClaims, ResourceTypes.Services, ResourceTypes.Events, ResourceTypes.Secrets, ResourceTypes.ConfigMaps,
        ];
        // In all of them.
        ResourceType[] everywhere =
        [
            .. Workloads(), ResourceTypes.Clusters, ResourceTypes.ObjectStores, ResourceTypes.Pods, ResourceTypes.Services, ResourceTypes.ConfigMaps, ResourceTypes.Secrets, ResourceTypes.Namespaces,
            ResourceTypes.HorizontalPodAutoscalers, ResourceTypes.Kustomizations, ResourceTypes.HelmReleases, ResourceTypes.Applications, ResourceTypes.ApplicationSets,
        ];

        AssertGranted([.. here.Select(type => ("list", type, Home, (string?)null)), .. everywhere.Select(type => ("list", type, "shop", (string?)null))]);
    }

    [Fact]
    public void Every_binding_of_the_page_binds_a_role_of_it_to_its_account()
    {
        var roles = Documents.Where(item => Text(item, "kind").EndsWith("Role", StringComparison.Ordinal)).Select(item => $"{Text(item, "kind")} {Name(item)}").ToHashSet();
        var accounts = Documents.Where(item => Text(item, "kind") == "ServiceAccount").Select(Name).ToHashSet();
        var bindings = Documents.Where(item => Text(item, "kind").EndsWith("Binding", StringComparison.Ordinal)).ToList();

        Assert.Equal(roles.Count, bindings.Count);
        Assert.All(bindings, binding =>
        {
            var role = (YamlMappingNode)binding["roleRef"];
            Assert.Contains($"{Text(role, "kind")} {Text(role, "name")}", roles);
            Assert.All((YamlSequenceNode)binding["subjects"], subject => Assert.Contains(Text((YamlMappingNode)subject, "name"), accounts));
        });
    }

    [Fact]
    public void What_nobody_asks_for_is_not_granted()
    {
        Assert.NotEmpty(Missing([("delete", ResourceTypes.Secrets, Home, null), ("update", ResourceTypes.Deployments, "shop", null)]));
        Assert.DoesNotContain(Documents.SelectMany(Rules), rule => Words(rule, "verbs").Contains("*") || Words(rule, "resources").Contains("*") || Words(rule, "apiGroups").Contains("*"));
    }

    private static FromBackupDecision Decision => new()
    {
        Run = "20261122t140000z-from-backup-4f2a",
        Cluster = "orders",
        Namespace = Home,
        Lineage = Lineage.New,
        Archive = "orders-2",
        Apply = ApplyMode.Api,
        Host = "here",
        Owners = [new("Kustomization", "v1", "flux-system", "apps"), new("HelmRelease", "v2", "shop", "web"), new("Application", "v1alpha1", "argocd", "apps")],
        Source = "orders",
        Target = "latest",
        BackupId = "20261122T020000",
        SystemId = "7711054909860330000",
    };

    private static IEnumerable<ResourceType> Workloads() =>
    [
        ResourceTypes.Deployments, ResourceTypes.StatefulSets, ResourceTypes.DaemonSets, ResourceTypes.ReplicaSets, ResourceTypes.CronJobs, ResourceTypes.Poolers, ResourceTypes.ScaledObjects,
    ];

    private static void AssertGranted(IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> needed) => Assert.Empty(Missing(needed));

    private static IEnumerable<string> Missing(IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> needed) =>
        needed.Where(need => !Documents.Where(item => Text(item, "kind") == "ClusterRole" || (Text(item, "kind") == "Role" && need.Namespace == Home)).SelectMany(Rules).Any(rule =>
            Words(rule, "apiGroups").Contains(need.Type.Group)
            && Words(rule, "resources").Contains(need.Sub is null ? need.Type.Plural : $"{need.Type.Plural}/{need.Sub}")
            && Words(rule, "verbs").Contains(need.Verb))).Select(need => $"{need.Verb} {need.Type}{(need.Sub is null ? "" : $"/{need.Sub}")} in {need.Namespace}");

    private static IEnumerable<YamlMappingNode> Rules(YamlMappingNode document) =>
        document.Children.TryGetValue("rules", out var rules) ? ((YamlSequenceNode)rules).Cast<YamlMappingNode>() : [];

    private static List<string> Words(YamlMappingNode rule, string key) => [.. ((YamlSequenceNode)rule[key]).Select(item => ((YamlScalarNode)item).Value!)];

    private static string Text(YamlMappingNode item, string key) => ((YamlScalarNode)item[key]).Value!;

    private static string Name(YamlMappingNode item) => Text((YamlMappingNode)item["metadata"], "name");

    private static List<YamlMappingNode> Read()
    {
        var text = File.ReadAllText(Path.Combine(Pages.Repository, "docs", "rbac.md"));
        var stream = new YamlStream();
        stream.Load(new StringReader(string.Join("\n---\n", Pages.Blocks(text, "yaml"))));
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }
}
