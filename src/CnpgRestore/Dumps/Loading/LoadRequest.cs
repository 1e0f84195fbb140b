using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Loading;

/// <summary>What is loaded, and by how many connections.</summary>
/// <param name="Dump">A plain dump, packed or not.</param>
/// <param name="Database">Whose part of a pg_dumpall file; null for the only one of a pg_dump file.</param>
/// <param name="Jobs">Connections that work at once, at least one; the server's cores are a good number.</param>
/// <param name="IntoNew">The target was made for the dump: <see cref="NeedlessStatements"/> are left out.</param>
public sealed record LoadRequest(DumpFile Dump, string? Database, int Jobs, bool IntoNew = false);
