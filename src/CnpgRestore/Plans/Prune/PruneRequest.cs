namespace CnpgRestore.Plans.Prune;

/// <summary>What <c>prune SERVER</c> asks for.</summary>
/// <param name="Server">The server folder that goes, without slashes: <c>postgres-v17-backup</c>.</param>
/// <param name="ReplacedBy">The folder that holds the later backups; null where nobody has named it.</param>
/// <param name="IsNewSystem">The replacement was made by initdb and a dump, so that another system identifier is no surprise.</param>
/// <param name="IdleFor">How old the youngest object has to be: what is younger may have a living writer.</param>
public sealed record PruneRequest(string Server, string? ReplacedBy, bool IsNewSystem, TimeSpan IdleFor)
{
    /// <summary>Longer than CNPG's default archive_timeout of 5 minutes, with which even an idle cluster archives.</summary>
    public static readonly TimeSpan DefaultIdle = TimeSpan.FromMinutes(10);

    /// <summary>Names the same removal on the same store: the journal goes by it.</summary>
    public string SubjectIn(string storeIdentity) => $"{Server}/ in {storeIdentity}";
}
