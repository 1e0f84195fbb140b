namespace CnpgRestore.Cli.Output;

sealed record PruneSummary(string MessageType, string Run, string Server, string ReplacedBy, long ObjectsRemoved, long Bytes, double Seconds);
