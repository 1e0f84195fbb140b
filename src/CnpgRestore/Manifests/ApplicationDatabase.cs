using System.Text.Json.Nodes;

namespace CnpgRestore.Manifests;

/// <summary>
/// The database, its owner and the Secret with the owner's password, as every bootstrap method names them. Without them the operator's
/// webhook fills in <c>app</c> and <c>app</c>, also for a recovery, and an empty database of that name appears beside the recovered ones.
/// </summary>
/// <param name="Secret">A Secret of type basic-auth whose user name is the owner; null lets the operator generate one.</param>
public sealed record ApplicationDatabase(string Database, string Owner, string? Secret)
{
    /// <summary>
    /// Reads a bootstrap method's section; null where it names no database. An owner that is not named is the database's own name, which is
    /// the operator's rule (CloudNativePG, api/v1/cluster_defaults.go).
    /// </summary>
    public static ApplicationDatabase? Read(JsonNode? section) =>
        section.Text("database") is { Length: > 0 } database
            ? new ApplicationDatabase(database, section.Text("owner") is { Length: > 0 } owner ? owner : database, section.Text("secret", "name"))
            : null;
}
