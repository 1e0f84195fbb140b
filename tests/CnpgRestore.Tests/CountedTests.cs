namespace CnpgRestore.Tests;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "0 objects", "0 objects are")]
    [InlineData(1, "1 object", "1 object is")]
    [InlineData(12345, "12345 objects", "12345 objects are")]
    public void One_is_not_written_as_many(long count, string noun, string withVerb)
    {
        Assert.Equal(noun, Counted.Of(count, "object"));
        Assert.Equal(withVerb, Counted.Of(count, "object is", "objects are"));
    }
}
