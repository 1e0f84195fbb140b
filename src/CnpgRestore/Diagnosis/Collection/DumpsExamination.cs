using CnpgRestore.Dumps.Folder;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>The folder of dumps, its newest ones read to the end until one was complete.</summary>
/// <param name="Problem">Why it could not be read; then the rest is null.</param>
/// <param name="Latest">The latest complete one; null where there is none.</param>
public sealed record DumpsExamination(string Path, Problem? Problem, DumpFolder? Folder, KeptDump? Latest);
