namespace CnpgRestore.Postgres;

/// <summary>The name of an object in a schema: <c>public.orders</c>, <c>public."Order items"</c>.</summary>
/// <param name="Schema">Null where the search path decides.</param>
public readonly record struct QualifiedName(string? Schema, string Name) : IComparable<QualifiedName>
{
    /// <summary>Every part quoted, as a statement takes it whatever the name: <c>"public"."orders"</c>.</summary>
    public string Sql => Schema is null ? Quote(Name) : $"{Quote(Schema)}.{Quote(Name)}";

    /// <summary>The same in that schema, where it says none itself.</summary>
    public QualifiedName In(string? schema) => Schema is null ? this with { Schema = schema } : this;

    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A string constant; the server must have <c>standard_conforming_strings</c> on, its default since 9.1.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public int CompareTo(QualifiedName other) =>
        string.CompareOrdinal(Schema, other.Schema) is var bySchema and not 0 ? bySchema : string.CompareOrdinal(Name, other.Name);

    /// <summary>As a person reads it: quoted only where the name is not made of lower-case letters, digits and underscores.</summary>
    public override string ToString() => Schema is null ? Readable(Name) : $"{Readable(Schema)}.{Readable(Name)}";

    private static string Readable(string part) =>
        part.Length > 0 && !char.IsAsciiDigit(part[0]) && part.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') ? part : Quote(part);
}
