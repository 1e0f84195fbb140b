namespace CnpgRestore.Tests;

/// <summary>Files that real programs wrote; see Golden/README.md.</summary>
static class Golden
{
    public static string Path(params string[] parts) => System.IO.Path.Combine([AppContext.BaseDirectory, "Golden", .. parts]);
}
