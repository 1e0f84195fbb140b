using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.Tests;

public sealed class JsonReadingTests
{
    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("{")]
    public void What_cannot_be_read_later_is_refused_at_once(string json) => Assert.ThrowsAny<JsonException>(() => JsonReading.Parse(json));

    [Fact]
    public void Bytes_that_are_no_text_are_refused_at_once() => Assert.ThrowsAny<JsonException>(() => JsonReading.Parse([.. "{\""u8, 0xED, .. "\":1}"u8]));

    [Fact]
    public void What_is_of_another_kind_is_absent()
    {
        var json = JsonReading.Parse("""{"text":"x","half":"\ud800","number":3,"large":3000000000,"time":"2026-03-01T10:00:00Z","list":[1,null,{}],"no":null}""");
        Assert.Equal(("x", null, "3", null), (json.Text("text"), json.Text("half"), json.Text("number"), json.Text("no")));
        Assert.Equal((3, null, null), (json.Number("number"), json.Number("large"), json.Number("text")));
        Assert.Equal((null, null), (json.Flag("text"), json.Text("text", "deeper")));
        Assert.Equal((2026, null), (json.Time("time")?.Year, json.Time("text")));
        Assert.Equal((2, 0), (json.Items("list").Count(), json.Items("text").Count()));
        Assert.Null(((JsonNode?)null).Text("a"));
    }
}
