using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Dumps;

public sealed class StatementWordsTests
{
    [Fact]
    public void Keywords_are_taken_together_or_not_at_all()
    {
        var words = Words("  create\tTable -- why\n /* a /* b */ c */ orders (id int);");
        Assert.False(words.Accept("CREATE", "VIEW"));
        Assert.False(words.Accept("CREAT"));
        Assert.True(words.Accept("CREATE", "TABLE"));
        Assert.Equal("ORDERS", words.Word());
        Assert.Equal("(id int);".Length, words.Left);
        Assert.Equal("", words.Word());
        Assert.True(words.SkipGroup());
        Assert.True(words.IsAtEnd);
        Assert.Equal(1, words.Left);
    }

    [Theory]
    [InlineData("orders;", null, "orders")]
    [InlineData("Orders", null, "orders")]
    [InlineData("\"Orders\"", null, "Orders")]
    [InlineData("sales.orders", "sales", "orders")]
    [InlineData("\"Sa\"\"les\" . \"or.ders\" ;", "Sa\"les", "or.ders")]
    [InlineData("sales.", null, "sales")]
    [InlineData("a_1$é", null, "a_1$é")]
    [InlineData("aÀ.t", "aÀ", "t")]
    public void A_name_is_folded_as_PostgreSQL_does(string text, string? schema, string name)
    {
        var words = Words(text);
        Assert.Equal(new QualifiedName(schema, name), words.Name());
    }

    [Theory]
    [InlineData("'it''s' x", "it's", "X")]
    [InlineData("'' x", "", "X")]
    [InlineData("'open", "open", "")]
    [InlineData("'open''", "open'", "")]
    public void A_literal_says_what_is_between_its_quotes(string text, string literal, string next)
    {
        var words = Words(text);
        Assert.Equal((literal, next), (words.Literal(), words.Word()));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\"x\"")]
    [InlineData("")]
    public void Without_a_quote_there_is_no_literal_and_nothing_moves(string text)
    {
        var words = Words(text);
        Assert.Null(words.Literal());
        Assert.Equal(text.Length, words.Left);
    }

    [Fact]
    public void Where_no_name_stands_there_is_none()
    {
        foreach (var text in (string[])["", ";", "(a)", "'a'", "="])
        {
            var words = Words(text);
            Assert.Null(words.Name());
            Assert.Null(words.Identifier());
        }
    }

    [Theory]
    [InlineData("(a, (b), 'c)', \"d)\") e", "E")]
    [InlineData("() e", "E")]
    [InlineData("('it''s') e", "E")]
    [InlineData("('', \"a\") e", "E")]
    public void A_group_ends_with_its_partner(string text, string next)
    {
        var words = Words(text);
        Assert.True(words.SkipGroup());
        Assert.Equal(next, words.Word());
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("('a)")]
    [InlineData("a (b)")]
    [InlineData(")")]
    [InlineData("")]
    public void Without_its_partner_it_is_no_group_and_nothing_moves(string text)
    {
        var words = Words(text);
        Assert.False(words.SkipGroup());
        Assert.Equal(text.Length, words.Left);
    }

    [Fact]
    public void Whatever_stands_there_is_skipped_one_by_one()
    {
        var words = Words("a \"b c\" 'd e' (f, g) = h;");
        var left = new List<int>();
        while (!words.IsAtEnd)
        {
            words.Skip();
            left.Add(words.Left);
        }

        Assert.Equal([23, 17, 11, 4, 2, 1], left);
        words.Skip();
        Assert.Equal(0, words.Left);
        words.Skip();
        Assert.Equal(0, words.Left);
    }

    [Theory]
    [InlineData("GRANT ALL ('ON') \"ON\" 'ON' ON t", true, "T")]
    [InlineData("GRANT ALL", false, "")]
    [InlineData("GRANT; ON t", false, "")]
    public void A_keyword_is_looked_for_outside_of_quotes_and_parentheses(string text, bool found, string next)
    {
        var words = Words(text);
        Assert.Equal(found, words.SkipPast("ON"));
        Assert.Equal(next, words.Word());
    }

    [Theory]
    [InlineData("-- only\n", 0)]
    [InlineData("-- only", 0)]
    [InlineData("/* open", 0)]
    [InlineData("/* /* */ x", 0)]
    [InlineData("/**/x", 1)]
    [InlineData("/*/*/**/*/*/x", 1)]
    [InlineData("\f\v\r\n\t x", 1)]
    [InlineData("- x", 3)]
    [InlineData("/ x", 3)]
    public void Comments_and_blanks_are_nothing(string text, int left)
    {
        var words = Words(text);
        Assert.Equal(left, words.Left);
    }

    [Fact]
    public void A_symbol_is_taken_with_the_blanks_behind_it()
    {
        var words = Words("=  a");
        Assert.False(words.AcceptSymbol(','));
        Assert.True(words.AcceptSymbol('='));
        Assert.Equal(1, words.Left);
        Assert.Equal("A", words.Word());
        Assert.False(words.AcceptSymbol('='));
    }

    private static StatementWords Words(string text) => new(Encoding.UTF8.GetBytes(text), Encoding.UTF8);
}
