namespace CnpgRestore.Manifests;

/// <summary>What a manifest shall say about a new, empty database. Null means: as the manifest already says, live or in a comment.</summary>
public sealed record InitdbRequest
{
    /// <summary>The server's folder that the new cluster archives to.</summary>
    public string? ArchiveName { get; init; }

    public ApplicationDatabase? Application { get; init; }

    /// <summary>The command that the edit is a part of, as hints begin; null: <c>manifest initdb</c> itself.</summary>
    public string? Command { get; init; }
}
