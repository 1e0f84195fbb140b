using System.Text;
using CnpgRestore.Compression;

namespace CnpgRestore.Tests.Fuzz;

/// <summary>Sound inputs, most of them from the golden files.</summary>
static class FuzzSeeds
{
    public static IReadOnlyList<byte[]> Of(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Files below a folder of the golden ones, whole or their beginning.</summary>
    public static IReadOnlyList<byte[]> Files(string folder, string pattern, int most = 32 << 10) =>
        [.. Directory.EnumerateFiles(Golden.Path(folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => Head(File.OpenRead(path), most))];

    /// <summary>The beginning of a packed golden file.</summary>
    public static byte[] Unpacked(ArchiveCompression compression, int most, params string[] parts)
    {
#pragma warning disable VSTHRD002 // From memory.
        return Head(Decompression.OpenAsync(new MemoryStream(File.ReadAllBytes(Golden.Path(parts))), compression, CancellationToken.None).AsTask().GetAwaiter().GetResult(), most);
#pragma warning restore VSTHRD002
    }

    private static byte[] Head(Stream stream, int most)
    {
        using (stream)
        {
            var head = new byte[most];
            return head[..stream.ReadAtLeast(head, most, throwOnEndOfStream: false)];
        }
    }
}
