using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>A table, an index or a trigger that a statement needs, for itself alone or beside others that only build on it.</summary>
/// <param name="WithPartitions">And all that inherit from it, as <c>ALTER TABLE</c> without ONLY goes down.</param>
readonly record struct StatementLock(QualifiedName Name, bool IsExclusive, bool WithPartitions = false);
