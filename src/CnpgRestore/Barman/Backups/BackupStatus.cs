namespace CnpgRestore.Barman.Backups;

/// <summary>
/// The <c>status</c> of backup.info (barman/infofile.py). barman-cloud writes the file once, at the end, so only Done and Failed are usual.
/// </summary>
public enum BackupStatus
{
    Empty,
    Started,
    WaitingForWals,
    Syncing,
    Done,
    Failed,
}
