namespace CnpgRestore.Kubernetes;

/// <param name="DryRun">The server checks everything, webhooks included, and stores nothing (<c>dryRun=All</c>).</param>
/// <param name="FieldManager">
/// The name that <c>metadata.managedFields</c> keeps for what was written. Our own, so that Flux does not take the fields over as it does with
/// kubectl's.
/// </param>
public sealed record WriteOptions(bool DryRun = false, string FieldManager = "cnpg-restore")
{
    public static WriteOptions Default { get; } = new();

    /// <summary>A server-side apply takes fields over that another manager owns.</summary>
    public bool Force { get; init; }

    internal string Query => $"?fieldManager={Uri.EscapeDataString(FieldManager)}{(DryRun ? "&dryRun=All" : "")}";
}
