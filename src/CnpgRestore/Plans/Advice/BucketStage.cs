namespace CnpgRestore.Plans.Advice;

/// <summary>How far the look into the bucket has come.</summary>
public enum BucketStage
{
    /// <summary>Nothing says which bucket.</summary>
    Unnamed,

    /// <summary>It is named; its credentials are looked for.</summary>
    Opening,

    /// <summary>It is asked for the first time.</summary>
    Asking,

    /// <summary>It answers, and lets itself be listed.</summary>
    Listed,

    /// <summary>Its folder is read to the end.</summary>
    Read,
}
