using System.Text.RegularExpressions;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Tests.Diagnosis;

public sealed partial class CatalogueTests
{
    // Scripts know these; the list may only grow.
    private static readonly string[] Frozen =
    [
        "source-folder-missing", "target-folder-exists", "credentials-missing", "expected-empty-archive", "expected-empty-archive-same-folder", "expected-empty-archive-recreated",
        "expected-empty-archive-leftover", "expected-empty-archive-plugin-name", "expected-empty-archive-used", "cannot-find-backup", "server-name-default", "access-key-unknown",
        "secret-key-wrong", "secret-trailing-newline", "permission-missing", "bucket-missing", "secret-missing", "secret-empty", "credentials-not-named", "connection-refused",
        "permission-denied", "relation-already-exists", "nfs-mount-failed", "backup-file-not-found", "dump-empty", "dump-truncated", "dumps-unreadable", "role-missing",
        "extension-missing", "restrict-not-understood", "superuser-password-nulled", "load-errors", "run-unfinished", "apps-left-stopped", "gitops-left-suspended", "cluster-missing",
        "orphan-volumes", "orphan-volumes-adopted", "initdb-instead-of-recovery", "setting-up-primary-for-ever", "cluster-unrecoverable", "phase-stuck", "plugin-error-hidden",
        "pod-stuck", "object-store-missing", "barman-missing-in-image", "external-cluster-missing", "owner-secret-mismatch", "cluster-hibernated", "cluster-fenced",
        "reconciliation-disabled", "instances-not-ready", "first-wal-missing", "wal-missing", "recovery-target-not-reached", "early-promotion", "major-version-mismatch",
        "parameters-too-low", "mixed-histories", "failed-backup-chosen", "volume-full", "not-archiving", "endpoint-unreachable", "endpoint-certificate", "checksums-not-understood",
        "bucket-unreadable", "no-backup-configured", "no-usable-backup", "folder-damaged", "scheduled-backup-on-fresh-cluster", "recovery-source-outdated", "old-folder-unpruned",
        "extra-app-database", "in-tree-before-1-31", "checksum-variables-missing", "bucket-without-folders",
        "unrecoverable-with-data", "status-stale", "cluster-being-deleted", "major-upgrade-failed", "join-failed", "backups-failing",
        "expected-empty-archive-own-folder", "expected-empty-archive-serving", "role-not-assumed", "region-wrong", "object-in-archive-class", "first-wal-not-asked", "first-wal-unreadable",
        "backup-end-not-archived", "resource-manager-missing", "preload-library-missing", "tablespace-not-declared", "recovery-cut-at-fork", "switchover-awaited",
        "instance-status-unreachable", "api-server-unreachable", "standby-diverged", "collation-mismatch", "pod-not-created", "volume-not-mounted", "latest-serial-not-zero",
    ];

    // The words of the runbook's two lists, word for word.
    private static readonly string[] Runbook =
    [
        "Source folder does not exist", "Target folder already exists", "AWS CLI not found", "Expected empty archive", "Cannot find backup", "Access denied", "Connection refused",
        "Permission denied", "Relation already exists", "NFS mount failed", "Backup file not found",
    ];

    [Fact]
    public void Ids_are_frozen_and_of_one_form()
    {
        Assert.Empty(Frozen.Except(Ailments.All.Select(ailment => ailment.Id)));
        Assert.All(Ailments.All, ailment => Assert.Matches(Form(), ailment.Id));
        Assert.Equal(Ailments.All.Count, Ailments.All.Select(ailment => ailment.Id).Distinct().Count());
        Assert.Equal(Ailments.All.Count, Ailments.All.Select(ailment => ailment.Title).Distinct().Count());
    }

    [Fact]
    public void The_runbooks_list_is_the_first_part()
    {
        var first = Ailments.Chapters.Take(3).SelectMany(chapter => chapter.Ailments).Select(ailment => ailment.Title).ToList();
        Assert.All(Runbook, words => Assert.Contains(first, title => title.Contains(words, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_signature_of_a_log_line_has_its_entry()
    {
        var known = Ailments.All.Select(ailment => ailment.Id).ToHashSet();
        Assert.All(RecoveryFailure.All, failure => Assert.Contains(failure.Ailment, known));
        Assert.All(LoadJobFailure.All, failure => Assert.Contains(failure.Ailment, known));
    }

    [Fact]
    public async Task The_page_is_the_catalogue()
    {
        var path = Path.Combine(Repository(), "docs", "troubleshooting.md");
        Assert.True(TroubleshootingPage.Write() == await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), "docs/troubleshooting.md is not what the catalogue says; run: make docs");
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "docs", "design")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the documents are not above the test");
        }

        return folder;
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
