using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>The data of one table as a dump has it.</summary>
/// <param name="Rows">Lines of COPY data, or rows of INSERT.</param>
/// <param name="Bytes">Of that data as text.</param>
public sealed record DumpTable(QualifiedName Name, long Rows, long Bytes);
