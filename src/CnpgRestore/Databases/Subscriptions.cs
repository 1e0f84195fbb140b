namespace CnpgRestore.Databases;

/// <summary>What a database receives from a publisher elsewhere, by logical replication.</summary>
static class Subscriptions
{
    /// <summary>Their names; asked from any database.</summary>
    public static Task<IReadOnlyList<string>> ReadAsync(DatabaseSession session, string database, CancellationToken ct) => session.ReadAsync(
        "SELECT s.subname::text FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = $1 ORDER BY 1", row => row.GetString(0), ct, database);
}
