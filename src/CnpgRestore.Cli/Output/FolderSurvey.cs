using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;


namespace CnpgRestore.Cli.Output;

/// <summary>All that <c>backups list</c> found out.</summary>
sealed record FolderSurvey(string Bucket, BackupCatalog Catalog, WalArchive Archive, RecoveryWindow Window, IReadOnlyList<Finding> Findings);
