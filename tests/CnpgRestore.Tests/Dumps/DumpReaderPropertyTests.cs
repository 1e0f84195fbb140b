using System.Text;
using CnpgRestore.Dumps.Plain;
using CsCheck;

namespace CnpgRestore.Tests.Dumps;

/// <summary>What holds of every dump: tried with thousands of random ones, and with a statement of a megabyte.</summary>
public sealed class DumpReaderPropertyTests
{
    /// <summary>The test ends only where the look for partners does not take the square of the length.</summary>
    [Fact]
    public void A_megabyte_of_open_parentheses_is_read_to_its_end()
    {
        byte[] statement = [.. "GRANT ALL ON TABLE t "u8, .. Enumerable.Repeat((byte)'(', 1 << 20), .. " TO reader;"u8];

        Assert.Equal(["reader"], RoleReferences.Of(statement, Encoding.UTF8));
    }

    /// <summary>Where the pieces are cut that a disk or a decompressor delivers must not matter.</summary>
    [Fact]
    public async Task Any_cut_of_the_stream_gives_the_same_tokens()
    {
        var parts = DumpReaderTests.Parts;
        var dumps = Gen.Int[0, parts.Length - 1].Array[0, 12].Select(chosen => Encoding.Latin1.GetBytes(string.Concat(chosen.Select(index => parts[index]))));

        await AssertCutsAsync(dumps, Gen.Int[1, 40].Array[1, 20], iterations: 2000);
    }

    /// <summary>Nothing is lost or doubled, whatever bytes come; a reader that goes on after nonsense would load nonsense.</summary>
    [Fact]
    public async Task Any_bytes_at_all_are_read_to_their_end()
    {
        var special = "'\"$;\\-/*()E\n. aCOPYFROMstdin"u8.ToArray();
        var bytes = Gen.Int[0, 255 + special.Length].Select(index => index < 256 ? (byte)index : special[index - 256]).Array[0, 200];

        await AssertCutsAsync(bytes, Gen.Int[1, 9].Array[1, 5], iterations: 5000);
    }

    private static Task AssertCutsAsync(Gen<byte[]> dumps, Gen<int[]> sizesOfPieces, int iterations) => Gen.Select(dumps, sizesOfPieces).SampleAsync(
        async (dump, sizes) =>
        {
            var turn = 0;
            var whole = await DumpReading.ReadAsync(dump, () => int.MaxValue);
            var cut = await DumpReading.ReadAsync(dump, () => sizes[turn++ % sizes.Length]);
            Assert.Equal(whole, cut);
        },
        iter: iterations);
}
