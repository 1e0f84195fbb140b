using CnpgRestore.Barman.Backups;
using CsCheck;

namespace CnpgRestore.Tests.Barman;

public sealed class BackupIdTests
{
    private static readonly Gen<string> Text = Gen.Select(Gen.Int[0, 99_999_999], Gen.Int[0, 999_999]).Select((date, time) => $"{date:D8}T{time:D6}");

    [Fact]
    public void Is_read_back_as_it_is_written() => Text.Sample(text => BackupId.Parse(text).ToString() == text);

    [Fact]
    public void Has_the_order_of_its_text() => Gen.Select(Text, Text).Sample((a, b) =>
        Math.Sign(BackupId.Parse(a).CompareTo(BackupId.Parse(b))) == Math.Sign(string.CompareOrdinal(a, b)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("20260301")]
    [InlineData("20260301t020000")]
    [InlineData("20260301T02000")]
    [InlineData("20260301T0200000")]
    [InlineData("2026030aT020000")]
    [InlineData("20260301T020000\n")]
    [InlineData("20260301T+20000")]
    public void Other_names_are_refused(string? text) => Assert.False(BackupId.TryParse(text, null, out _));
}
