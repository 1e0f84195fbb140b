namespace CnpgRestore.Plans.Advice;

/// <summary>How a database comes back.</summary>
public enum Way
{
    /// <summary>From its Barman Cloud backups in a bucket: <c>from-backup</c>.</summary>
    Bucket,

    /// <summary>From an SQL dump: <c>from-dump</c>.</summary>
    Dump,
}
