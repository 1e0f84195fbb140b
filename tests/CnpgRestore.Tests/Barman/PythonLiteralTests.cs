using System.Globalization;
using CnpgRestore.Barman.Backups;

namespace CnpgRestore.Tests.Barman;

/// <summary>What each text is was told by Python 3.11's <c>ast.literal_eval</c>.</summary>
public sealed class PythonLiteralTests
{
    [Theory]
    [InlineData("None", "None")]
    [InlineData(" 17 ", "17")]
    [InlineData("-17", "-17")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("'a \"b\"'", "<a \"b\">")]
    [InlineData("\"it's\"", "<it's>")]
    [InlineData("''", "<>")]
    [InlineData("[]", "[]")]
    [InlineData("()", "[]")]
    [InlineData(" [ ] ", "[]")]
    [InlineData("[ 1 , 'x' ,None,]", "[1,<x>,None]")]
    [InlineData("\t[\n 1\r\n ]\n", "[1]")]
    [InlineData("('a', [1, ('b', 2)], )", "[<a>,[1,[<b>,2]]]")]
    [InlineData(@"'\n\t\r\\\''", "<\n\t\r\\'>")]
    [InlineData(@"'\x41\u00e9\U0001F600'", "<Aé😀>")]
    [InlineData(@"'\d'", "<\\d>")]
    [InlineData("[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]", "[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]")]
    public void A_literal_is_read_as_Python_reads_it(string text, string expected)
    {
        Assert.True(PythonLiteral.TryParse(text, out var value));
        Assert.Equal(expected, Shown(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("nil")]
    [InlineData("None None")]
    [InlineData("1 2")]
    [InlineData("9223372036854775808")]
    [InlineData("-")]
    [InlineData("1.5")]
    [InlineData("'a")]
    [InlineData("'a\\")]
    [InlineData("'a\"")]
    [InlineData("[1")]
    [InlineData("[1 2]")]
    [InlineData("[1)")]
    [InlineData("(1]")]
    [InlineData("[,]")]
    [InlineData("[1,,2]")]
    [InlineData("]")]
    [InlineData(@"'\x4'")]
    [InlineData(@"'\xZZ'")]
    [InlineData(@"'\u12'")]
    [InlineData(@"'\ud800'")]
    [InlineData(@"'\U00110000'")]
    [InlineData("{}")]
    [InlineData("[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]")]
    public void What_is_none_of_backup_info_is_refused(string text) => Assert.False(PythonLiteral.TryParse(text, out _));

    private static string Shown(object? value) => value switch
    {
        null => "None",
        string text => $"<{text}>",
        List<object?> items => $"[{string.Join(',', items.Select(Shown))}]",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
