using System.Text;

namespace CnpgRestore.Tests.Fuzz;

/// <summary>Makes a damaged input out of sound ones: what disks, networks, editors and other programs do to files, and worse.</summary>
sealed class Damage(IReadOnlyList<byte[]> seeds, IReadOnlyList<string> tokens, int largest)
{
    // Bytes on which readers turn.
    private static readonly byte[] Sharp = [0, 0xFF, 0x80, 0x7F, .. "\n\r\t \"'\\/:;,.{}[]()<>&*#-_=$!%@|^0123456789eE"u8];

    private static readonly string[] Numbers =
        ["0", "-1", "1", "00", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807", "18446744073709551615", "99999999999999999999", "1e999", "0x10", "FFFFFFFF", "9999", "0000"];

    public byte[] Next(Random random)
    {
        var bytes = seeds[random.Next(seeds.Count)];
        for (var count = random.Next(2) == 0 ? 1 : random.Next(1, 9); count > 0; count--)
        {
            bytes = Change(bytes, random);
            bytes = bytes.Length > largest ? bytes[..largest] : bytes;
        }

        return bytes;
    }

    private byte[] Change(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
        {
            return Token(random);
        }

        var other = seeds[random.Next(seeds.Count)];
        var (from, to) = Range(bytes, random);
        var (otherFrom, otherTo) = Range(other, random);
        return random.Next(14) switch
        {
            0 => With(bytes, from, (byte)(bytes[from] ^ (1 << random.Next(8)))),
            1 => With(bytes, from, Sharp[random.Next(Sharp.Length)]),
            2 => With(bytes, from, (byte)random.Next(256)),
            3 => [.. bytes[..from], .. Noise(random), .. bytes[from..]],
            4 => [.. bytes[..from], .. bytes[to..]],
            5 => [.. bytes[..to], .. bytes[from..]],
            6 => [.. bytes[..from], .. Again(bytes[from..to], random), .. bytes[to..]],
            7 => bytes[..from],
            8 => [.. bytes[..from], .. other[otherFrom..]],
            9 => [.. bytes[..from], .. other[otherFrom..otherTo], .. bytes[to..]],
            10 => [.. bytes[..from], .. Token(random), .. bytes[from..]],
            11 => [.. bytes[..from], .. Token(random), .. bytes[to..]],
            12 => [.. bytes[..from], .. Again(Token(random), random), .. bytes[from..]],
            _ => OtherNumber(bytes, from, random),
        };
    }

    /// <summary>Short ones are as likely as long ones.</summary>
    private static (int From, int To) Range(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
        {
            return (0, 0);
        }

        var from = random.Next(bytes.Length);
        return (from, from + random.Next(1, 1 + Math.Min(bytes.Length - from, 1 << random.Next(13))));
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 9)];
        random.NextBytes(noise);
        return noise;
    }

    /// <summary>Many times: what nests, nests deeply.</summary>
    private byte[] Again(byte[] bytes, Random random)
    {
        var times = Math.Min(1 << random.Next(16), (2 * largest / Math.Max(1, bytes.Length)) + 1);
        var result = new byte[bytes.Length * times];
        for (var at = 0; at < result.Length; at += bytes.Length)
        {
            bytes.CopyTo(result, at);
        }

        return result;
    }

    private byte[] Token(Random random) =>
        Encoding.UTF8.GetBytes(tokens.Count > 0 && random.Next(4) > 0 ? tokens[random.Next(tokens.Count)] : Numbers[random.Next(Numbers.Length)]);

    private static byte[] OtherNumber(byte[] bytes, int near, Random random)
    {
        var start = bytes.AsSpan(near).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
        {
            return bytes[..near];
        }

        start += near;
        var length = bytes.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return [.. bytes[..start], .. Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]), .. length < 0 ? [] : bytes[(start + length)..]];
    }
}
