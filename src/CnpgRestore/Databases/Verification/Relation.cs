using CnpgRestore.Postgres;

namespace CnpgRestore.Databases.Verification;

/// <summary>A table that holds rows: an ordinary or partitioned one, or a materialized view.</summary>
/// <param name="IsPartitioned">Its rows lie in its partitions.</param>
/// <param name="HasStatistics">ANALYZE has seen it.</param>
/// <param name="IsOfExtension">An extension made it and may have filled it.</param>
public sealed record Relation(QualifiedName Name, string Owner, bool IsPartitioned, bool HasStatistics, bool IsOfExtension);
