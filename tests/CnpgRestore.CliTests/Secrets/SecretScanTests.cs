namespace CnpgRestore.CliTests.Secrets;

/// <summary>The scan finds what it looks for, in each form and place: otherwise its silence would mean nothing.</summary>
public sealed class SecretScanTests
{
    private const string Canary = "canary/+7f3a";

    [Theory]
    [InlineData("password=canary/+7f3a")]
    [InlineData("""{"password":"Y2FuYXJ5Lys3ZjNh"}""")]
    [InlineData("postgres://user:canary%2F%2B7f3a@host")]
    public void A_canary_in_a_text_is_found(string text)
    {
        var scan = new SecretScan(Canary);
        scan.Add("place", text);

        Assert.ThrowsAny<Exception>(() => scan.AssertClean("place"));
    }

    [Fact]
    public async Task A_canary_in_the_arguments_of_a_child_is_found()
    {
        var scan = new SecretScan(Canary);
        // The child lives for a second; it is read every millisecond.
        await scan.RunAsync(new("bash", "-c", "sleep 1; true", Canary));

        Assert.ThrowsAny<Exception>(() => scan.AssertClean("argv of bash"));
    }

    [Fact]
    public void A_place_that_was_never_seen_is_no_clean_place()
    {
        var scan = new SecretScan(Canary);
        scan.Add("place", "nothing");

        Assert.ThrowsAny<Exception>(() => scan.AssertClean("place", "journal"));
    }
}
