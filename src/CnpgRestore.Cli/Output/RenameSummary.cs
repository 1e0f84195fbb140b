namespace CnpgRestore.Cli.Output;

sealed record RenameSummary(
    string MessageType,
    string Run,
    string Source,
    string Target,
    long ObjectsCopied,
    long BytesCopied,
    long ObjectsProven,
    long BytesProven,
    IReadOnlyDictionary<string, long> ProvenBy,
    long ObjectsRemoved,
    double Seconds);
