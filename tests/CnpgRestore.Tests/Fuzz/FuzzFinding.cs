using System.Diagnostics;
using System.Text;

namespace CnpgRestore.Tests.Fuzz;

/// <summary>An input that a reader cannot bear, made as small as it goes.</summary>
sealed record FuzzFinding(int Number, string What, byte[] Input)
{
    private const int ShownBytes = 600;

    /// <summary>The kind of the exception and the innermost line of ours that it went through.</summary>
    public static string PlaceOf(Exception fault)
    {
        var frames = fault.StackTrace?.Split('\n') ?? [];
        return $"{fault.GetType()} {Array.Find(frames, frame => frame.Contains("CnpgRestore.", StringComparison.Ordinal)) ?? frames.FirstOrDefault()}";
    }

    /// <summary>Takes pieces out for as long as the fault stays, and for a few seconds at most.</summary>
    public static byte[] Shrink(byte[] input, Func<byte[], bool> isSame)
    {
        var watch = Stopwatch.StartNew();
        for (var piece = Math.Max(1, input.Length / 2); piece > 0 && watch.Elapsed < TimeSpan.FromSeconds(10); piece /= 2)
        {
            for (var at = 0; at < input.Length && watch.Elapsed < TimeSpan.FromSeconds(10);)
            {
                byte[] shorter = [.. input[..at], .. input[Math.Min(input.Length, at + piece)..]];
                if (isSame(shorter))
                {
                    input = shorter;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return input;
    }

    public override string ToString() => $"{What}\n{Input.Length} bytes: {Readable()}\nin base 64: {Convert.ToBase64String(Input.AsSpan(0, Math.Min(ShownBytes, Input.Length)))}";

    private string Readable()
    {
        var text = new StringBuilder();
        foreach (var value in Input.Take(ShownBytes))
        {
            text.Append(value is >= 0x20 and < 0x7F ? (char)value : $"\\x{value:x2}");
        }

        return text.ToString();
    }
}
