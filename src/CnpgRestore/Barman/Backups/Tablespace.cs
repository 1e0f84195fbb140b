namespace CnpgRestore.Barman.Backups;

/// <summary>A tablespace as backup.info lists it.</summary>
/// <param name="Location">Where it was mounted in the original server: <c>/var/lib/postgresql/tablespaces/tbs1/data</c>.</param>
public sealed record Tablespace(string Name, uint Oid, string Location);
