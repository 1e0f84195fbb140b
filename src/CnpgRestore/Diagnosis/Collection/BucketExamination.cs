namespace CnpgRestore.Diagnosis.Collection;

/// <summary>The bucket that a Cluster archives to.</summary>
/// <param name="Address">As a person writes it; null where nothing names one.</param>
/// <param name="Endpoint">For options of a command; null for a directory and for AWS.</param>
/// <param name="Problem">Why it could not be read; null where it was.</param>
/// <param name="Names">All server folders in it.</param>
/// <param name="Folders">Those that have to do with the Cluster.</param>
public sealed record BucketExamination(string? Address, string? Endpoint, Problem? Problem, IReadOnlyList<string> Names, IReadOnlyList<FolderExamination> Folders)
{
    public static BucketExamination None { get; } = new(null, null, null, [], []);

    public bool IsRead => Address is not null && Problem is null;

    public FolderExamination? Find(string? name) => Folders.FirstOrDefault(folder => folder.Name == name);
}
