namespace CnpgRestore.ObjectStore;

/// <summary>How equal content of two objects is known; a higher value is a stronger proof.</summary>
public enum Evidence
{
    /// <summary>The objects differ.</summary>
    Different,

    /// <summary>Equal sizes; the store gives no more without reading the bytes.</summary>
    Size,

    /// <summary>Equal sizes and ETags.</summary>
    ETag,

    /// <summary>Equal sizes and full-object checksums kept by the store.</summary>
    Checksum,

    /// <summary>Both contents were read and are equal, byte for byte.</summary>
    Content,
}
