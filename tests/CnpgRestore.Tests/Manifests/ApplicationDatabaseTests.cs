using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Manifests;

/// <summary>Which database and owner the new Cluster gets, and whose password: what lives counts, then what is asked for, then comments.</summary>
public sealed class ApplicationDatabaseTests
{
    private const string Live = "    initdb: {database: immich, owner: immich, secret: {name: immich-user}}\n";
    private const string Comment = "    # recovery:\n    #   source: old\n    #   database: app\n    #   owner: app\n    #   secret: {name: app-user}\n";

    [Fact]
    public void What_was_live_counts_more_than_a_comment_of_an_earlier_time()
    {
        var edit = Recover(Live + Comment, asked: null);

        Assert.Equal(new ApplicationDatabase("immich", "immich", "immich-user"), edit.After.Application);
        Assert.Contains("bootstrap.recovery said database app of app; it says immich of immich now", edit.Notes);
    }

    [Fact]
    public void An_owner_that_is_asked_for_keeps_the_secret_that_is_known_of_it() =>
        Assert.Equal(new ApplicationDatabase("photos", "immich", "immich-user"), Recover(Live, new ApplicationDatabase("photos", "immich", null)).After.Application);

    [Theory]
    [InlineData("    recovery: {source: old, database: immich, owner: immich, secret: {name: immich-user}}\n")]
    [InlineData("    recovery:\n      source: old\n      database: immich\n      owner: immich\n      secret:\n        name: immich-user\n")]
    public void Another_owner_does_not_get_the_former_ones_secret(string bootstrap)
    {
        var edit = Recover(bootstrap, new ApplicationDatabase("immich", "other", null));

        Assert.Equal(new ApplicationDatabase("immich", "other", null), edit.After.Application);
        Assert.Contains("bootstrap.recovery.secret immich-user is left out: it is not known to be that of other; the operator makes one", edit.Notes);
    }

    [Fact]
    public void A_comments_secret_does_not_replace_the_operators_own()
    {
        var edit = Recover("    initdb: {database: immich, owner: immich}\n" + Comment.Replace("app", "immich", StringComparison.Ordinal), asked: null);

        Assert.Equal(new ApplicationDatabase("immich", "immich", null), edit.After.Application);
    }

    [Theory]
    [InlineData("    initdb:\n      database: app\n      owner: app\n      import:\n        type: microservice\n        databases: [app]\n        source: {externalCluster: gone}\n")]
    [InlineData("    initdb: {database: app, owner: app, import: {type: microservice, databases: [app], source: {externalCluster: gone}}}\n")]
    [InlineData("    recovery: {source: old, database: app, owner: app}\n    # initdb:\n    #   database: app\n    #   owner: app\n    #   import:\n    #     type: microservice\n    #     source: {externalCluster: gone}\n")]
    public void A_new_and_empty_cluster_imports_nothing(string bootstrap)
    {
        var set = Set(bootstrap);

        var edit = set.ToInitdb(null, new InitdbRequest());

        Assert.Null(set.ReadJson(null)["spec"]!["bootstrap"]!["initdb"]!["import"]);
        Assert.Equal("app", edit.After.Application!.Database);
        Assert.Contains("bootstrap.initdb.import is a comment now: the new cluster begins empty", edit.Notes);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("null # filled in below")]
    public void A_bootstrap_of_nothing_gets_a_method(string nothing)
    {
        var set = new ManifestSet(new ManifestFile("cluster.yaml", Head + $"  bootstrap: {nothing}\n  backup: {{barmanObjectStore: {{destinationPath: s3://r2}}}}\n"));

        var edit = set.ToRecovery(null, new RecoveryRequest { Source = "old", ArchiveName = "new", Application = new ApplicationDatabase("app", "app", null) });

        Assert.Equal(("old", "app"), (edit.After.Source!.ServerName, edit.After.Application!.Database));
    }

    private const string Head = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: immich}\nspec:\n";

    private static ManifestEdit Recover(string bootstrap, ApplicationDatabase? asked) =>
        Set(bootstrap).ToRecovery(null, new RecoveryRequest { Source = "old", ArchiveName = "new", Application = asked });

    private static ManifestSet Set(string bootstrap) =>
        new(new ManifestFile("cluster.yaml", $"{Head}  bootstrap:\n{bootstrap}  externalClusters:\n    - name: old\n      barmanObjectStore: {{destinationPath: s3://r2}}\n  backup: {{barmanObjectStore: {{destinationPath: s3://r2}}}}\n"));
}
