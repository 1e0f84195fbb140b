using System.Text;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Tests.Dumps;

namespace CnpgRestore.Tests.Fuzz;

public sealed class DumpFuzzTests : IDisposable
{
    private static readonly string[] SqlTokens =
    [
        "'", "\"", "$$", "$tag$", "E'", "\\", "\\.\n", "\n\\.\n", "--", "/*", "*/", ";", "(", ")", "COPY public.t (a) FROM stdin;\n", "INSERT INTO t VALUES (1);", "BEGIN ATOMIC", "END",
        "SET client_encoding = 'SJIS';", "SET standard_conforming_strings = off;", "\\connect -reuse-previous=on \"dbname='", "\\connect ", "\\restrict x", "CREATE TABLE", "CREATE INDEX i ON public.t",
        "ALTER TABLE ONLY public.t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES public.u(b);", "-- PostgreSQL database dump complete", "GRANT ALL ON t TO r;", "CREATE ROLE r PASSWORD 'x'", "CASE", "\0", "\r\n",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-fuzz-");

    private static IReadOnlyList<byte[]> Scripts =>
        [.. FuzzSeeds.Files("dumps", "*.sql", 12 << 10), .. FuzzSeeds.Of(DumpReaderTests.Statements.Select(row => $"{(string)row.Data}\nCOPY t (a) FROM stdin;\n1\t\\\\.\n\\.\n\n"))];

    /// <summary>Whatever the sizes of the pieces that a disk or a decompressor delivers, the tokens are the same.</summary>
    [Fact]
    public void Cuts() => new Fuzzer("dump splitter", Scripts) { Tokens = SqlTokens, LargestInput = 16 << 10 }.Run(async input =>
    {
        var sizes = new Random(input.Length);
        var whole = await DumpReading.ReadAsync(input, () => int.MaxValue);
        var cut = await DumpReading.ReadAsync(input, () => 1 << sizes.Next(10));
        Assert.Equal(whole, cut);
    });

    [Fact]
    public void Inspections() => new Fuzzer("dump inspector", [.. Scripts, .. FuzzSeeds.Files("dumps", "app.*", 8 << 10), .. FuzzSeeds.Files("dumps", "toc.dat", 4096)])
    {
        Tokens = [.. SqlTokens, "PGDMP", "ustar"],
        LargestInput = 16 << 10,
    }.Run(async input =>
    {
        var file = await DumpFile.OpenAsync(await WriteAsync(input), CancellationToken.None);
        var found = await DumpInspector.InspectAsync(file, progress: null, CancellationToken.None);
        Assert.All(found.Databases, database => Assert.All(database.Tables, table => Assert.True(table is { Rows: >= 0, Bytes: >= 0 })));
    });

    [Fact]
    public void Statements() => new Fuzzer("statements", [.. FuzzSeeds.Of(DumpReaderTests.Statements.Select(row => (string)row.Data)), .. FuzzSeeds.Of(SqlTokens)])
    {
        Tokens = [.. SqlTokens, "GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES ", "CREATE POLICY ", " TO ", " FROM ", " OWNER TO ", "CREATE TRIGGER x ", " ON ", "ALTER INDEX ", " ATTACH PARTITION ", "COMMENT ON ", "PASSWORD "],
        LargestInput = 64 << 10,
    }.Run(input =>
    {
        var latin = Encoding.Latin1;
        RoleReferences.Of(input, latin);
        RelationOwner.TryParse(input, latin);
        CopyStatement.TryParse(input, latin);
        InsertStatement.TryParse(input, 3, latin);
        ForeignKey.TryParse(input, Encoding.UTF8)?.Split(new DumpStatement(input, 1, SessionState.Initial));
        ServerStatement.Is(input, latin);
        SessionState.SettingOf(input, Encoding.UTF8);
        new StatementLocks(latin).Of(input);
        Assert.DoesNotContain('\n', new DumpStatement(input, 1, SessionState.Initial).Shortened());
        PsqlConnect.TryParse(latin.GetString(input));
        var tally = new DatabaseTally("d");
        tally.See(input, 2, SearchPath.TryParse(input, latin)?.First, Encoding.UTF8);
        tally.ToDatabase();
    });

    [Fact]
    public void Names() => new Fuzzer("file names of dumps", FuzzSeeds.Of("app-20261122-143000.sql.gz", "app-20261122.sql", "app-202647.sql.zst", "app-202611.sql", "app-latest.sql.gz", "latest.sql"))
    {
        Tokens = ["-", ".sql", "99991231", "999912", "00010101", "999953", "-latest", "٢٠٢٦٤٧", "a-b", "\n"],
        LargestInput = 300,
    }.Run(input =>
    {
        var name = Encoding.UTF8.GetString(input);
        foreach (var folder in (string[])["last", "weekly", "monthly"])
        {
            Assert.True(DumpName.TryParse(name, folder) is not { From: { } from, To: { } to } || from <= to);
        }
    });

    /// <summary>The script for another database has the same statements and data, without those of the server: nothing else is lost, and nothing comes in.</summary>
    [Fact]
    public void Sections() => new Fuzzer("section of a dump", Scripts) { Tokens = SqlTokens, Documented = [typeof(InvalidDataException)], LargestInput = 16 << 10 }.Run(async input =>
    {
        using var output = new MemoryStream();
        await new DumpSection(new MemoryStream(input), database: null).WriteAsync(output, progress: null, CancellationToken.None);
        Assert.Equal(await ContentAsync(input), await ContentAsync(output.ToArray()));
    });

    private static async Task<IEnumerable<(DumpToken Token, string Text)>> ContentAsync(byte[] dump)
    {
        var tokens = await DumpReading.ReadAsync(dump, () => int.MaxValue);
        return tokens.Where(token => token.Token is DumpToken.CopyData or DumpToken.CopyEnd || (token.Token == DumpToken.Statement && !ServerStatement.Is(Encoding.Latin1.GetBytes(token.Text), Encoding.Latin1)))
            .Select(token => (token.Token, token.Text));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> WriteAsync(byte[] input)
    {
        var path = Path.Combine(_folder.FullName, "dump");
        await File.WriteAllBytesAsync(path, input, CancellationToken.None);
        return path;
    }
}
