using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>An image for pods with this program beside PostgreSQL.</summary>
static class LoaderImage
{
    public const string Name = "localhost/cnpg-restore:test";

    public static async Task AddAsync(TestBed bed, CancellationToken ct) => await (await bed.KubernetesAsync(ct)).AddImageAsync(Name, NativeProgram.Path, ct);
}
