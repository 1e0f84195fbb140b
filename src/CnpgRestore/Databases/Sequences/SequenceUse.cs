using CnpgRestore.Postgres;

namespace CnpgRestore.Databases.Sequences;

/// <summary>A column that takes its values from a sequence: serial, identity, owned, or by a default alone.</summary>
public sealed record SequenceUse(QualifiedName Table, string Column)
{
    public override string ToString() => $"{Table}.{new QualifiedName(null, Column)}";
}
