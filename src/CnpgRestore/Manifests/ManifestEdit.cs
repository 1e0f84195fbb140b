namespace CnpgRestore.Manifests;

/// <summary>What an edit made of a Cluster. The texts are in the files of the set.</summary>
/// <param name="Notes">What the user should know beside the edit itself, each a sentence without a final stop.</param>
public sealed record ManifestEdit(ClusterManifest Before, ClusterManifest After, IReadOnlyList<string> Notes);
