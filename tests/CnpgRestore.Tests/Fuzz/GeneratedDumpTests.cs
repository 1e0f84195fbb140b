using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Tests.Dumps;
using CsCheck;

namespace CnpgRestore.Tests.Fuzz;

/// <summary>Random dumps whose tables and rows are known, in random pieces.</summary>
public sealed class GeneratedDumpTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-fuzz-");

    private static int Iterations => Math.Max(1, FuzzSettings.Inputs / 4);

    [Fact]
    public async Task Every_statement_and_every_row_is_found_whatever_the_pieces() =>
        await Gen.Select(GeneratedDump.Any, Gen.Int[1, 64].Array[1, 20]).SampleAsync(async (dump, sizes) =>
        {
            var turn = 0;
            var tokens = await DumpReading.ReadAsync(dump.Bytes, () => sizes[turn++ % sizes.Length]);

            Assert.Equal(dump.Statements, tokens.Count(token => token.Token == DumpToken.Statement));
            Assert.Equal(DumpToken.End, tokens[^1].Token);
            Assert.Equal(await DumpReading.ReadAsync(dump.Bytes, () => int.MaxValue), tokens);
        }, iter: Iterations);

    [Fact]
    public async Task The_inspector_counts_the_rows_of_every_table() =>
        await GeneratedDump.Any.SampleAsync(async dump =>
        {
            var found = await InspectAsync(dump.Bytes);

            Assert.Equal(DumpState.Complete, found.State);
            Assert.Equal(dump.Tables.OrderBy(table => table.Table), found.Databases.SelectMany(database => database.Tables).Select(table => (table.Name, table.Rows)).OrderBy(table => table.Name));
        }, iter: Iterations, threads: 1);

    [Fact]
    public async Task A_dump_that_is_cut_anywhere_is_never_complete() =>
        await Gen.Select(GeneratedDump.Any, Gen.Double[0, 1]).SampleAsync(async (dump, share) =>
        {
            var footer = dump.Bytes.AsSpan().LastIndexOf("complete"u8);
            var found = await InspectAsync(dump.Bytes[..(int)(share * footer)]);

            Assert.NotEqual(DumpState.Complete, found.State);
        }, iter: Iterations, threads: 1);

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<DumpInspection> InspectAsync(byte[] dump)
    {
        var path = Path.Combine(_folder.FullName, "dump.sql");
        await File.WriteAllBytesAsync(path, dump, TestContext.Current.CancellationToken);
        return await DumpInspector.InspectAsync(await DumpFile.OpenAsync(path, TestContext.Current.CancellationToken), progress: null, TestContext.Current.CancellationToken);
    }
}
