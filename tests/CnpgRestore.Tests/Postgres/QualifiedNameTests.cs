using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Postgres;

public sealed class QualifiedNameTests
{
    [Theory]
    [InlineData("public", "orders", "\"public\".\"orders\"")]
    [InlineData(null, "orders", "\"orders\"")]
    [InlineData("a\"b", "c\"\"d", "\"a\"\"b\".\"c\"\"\"\"d\"")]
    public void A_statement_takes_every_part_quoted(string? schema, string name, string sql) => Assert.Equal(sql, new QualifiedName(schema, name).Sql);

    [Theory]
    [InlineData("public", "orders", "public.orders")]
    [InlineData(null, "az_09", "az_09")]
    [InlineData("public", "Orders", "public.\"Orders\"")]
    [InlineData("Public", "orders", "\"Public\".orders")]
    [InlineData(null, "order items", "\"order items\"")]
    [InlineData(null, "9lives", "\"9lives\"")]
    [InlineData(null, "a`{/:@[b", "\"a`{/:@[b\"")]
    [InlineData(null, "", "\"\"")]
    public void A_person_reads_quotes_only_where_PostgreSQL_needs_them(string? schema, string name, string text) => Assert.Equal(text, new QualifiedName(schema, name).ToString());

    [Fact]
    public void A_constant_has_its_quotes_doubled() => Assert.Equal("'it''s ''quoted'''", QualifiedName.Literal("it's 'quoted'"));

    [Fact]
    public void Names_have_the_order_of_their_schema_and_then_of_their_name()
    {
        QualifiedName[] sorted = [new(null, "z"), new("a", "x"), new("a", "y"), new("b", "a")];

        Assert.Equal(sorted, sorted.Reverse().Order());
        Assert.Equal(0, sorted[1].CompareTo(new QualifiedName("a", "x")));
    }
}
