using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Dumps.Folder;

/// <summary>What was found out of one dump.</summary>
/// <param name="Reason">As one clause without its subject: <c>is of database nextcloud</c>.</param>
/// <param name="Inspection">Null where its beginning was enough.</param>
sealed record DumpVerdict(DumpFit Fit, string Reason, DumpInspection? Inspection);
