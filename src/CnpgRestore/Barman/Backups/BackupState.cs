namespace CnpgRestore.Barman.Backups;

/// <summary>Whether a base backup can be restored.</summary>
public enum BackupState
{
    Usable,

    /// <summary>backup.info says that the backup did not succeed.</summary>
    Failed,

    /// <summary>No backup.info: the backup was killed before it could write one. barman and CNPG do not see it, and nothing ever removes it.</summary>
    Crashed,

    /// <summary>backup.info is there, and cannot be read or says too little to restore from; or a tar lies where nobody can read it now.</summary>
    Unreadable,

    /// <summary>A tar, or a WAL segment that makes the backup consistent, is missing.</summary>
    Incomplete,
}
