using System.Text;
using CnpgRestore.Databases.Verification;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs;

namespace CnpgRestore.Tests.Fuzz;

public sealed class JournalFuzzTests : IDisposable
{
    private const string Whole =
        """
        {"type":"run_started","time":"2026-11-22T14:00:00.123Z","run":"20261122t140000z-rename-00ff","command":"rename","subject":"a -> b","version":"0.1.0","host":"h","process_id":7}
        {"type":"step_started","time":"2026-11-22T14:00:01.000Z","step":"copy-data"}
        {"type":"decided","time":"2026-11-22T14:00:01.500Z","text":"{\"run\":\"x\",\"database\":\"app\"}"}
        {"type":"step_finished","time":"2026-11-22T14:00:02.000Z","step":"copy-data","text":"it's \"über\""}
        {"type":"run_finished","time":"2026-11-22T14:00:03.000Z"}

        """;

    private static readonly string[] Tokens = ["\n", "{", "}", "[", "null", "\"type\":", "\"type\":null", "\"time\":\"0001-01-01T00:00:00+14:00\"", "\"\\ud800\"", ",", ":", "\"process_id\":1e99", "run_finished", "true", "\0"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-fuzz-");

    [Fact]
    public void Journals()
    {
        var state = new StateFolder(_folder.FullName);
        var path = state.JournalOf(new RunId("20261122t140000z-rename-00ff"));
        new Fuzzer("journal", FuzzSeeds.Of(Whole)) { Tokens = Tokens }.Run(input =>
        {
            File.WriteAllBytes(path, input);
            var entries = Journal.Read(path);
            Assert.Equal(input.Count(value => value == '\n'), entries.Count);
            Assert.All(entries, entry => Assert.NotNull(entry.Type));
            state.FindUnfinished("rename", "a -> b");
        });
    }

    /// <summary>What was written whole before the damage is read, or the journal is refused: no line is passed over.</summary>
    [Fact]
    public void A_changed_byte_changes_its_own_line_or_refuses()
    {
        var whole = Encoding.UTF8.GetBytes(Whole);
        var path = Path.Combine(_folder.FullName, "journal");
        File.WriteAllBytes(path, whole);
        var sound = Journal.Read(path);
        for (var at = 0; at < whole.Length; at++)
        {
            var line = whole.AsSpan(0, at).Count((byte)'\n');
            foreach (var value in (byte[])[0, (byte)' ', (byte)'"', (byte)'{', (byte)'x', (byte)(whole[at] ^ 1), (byte)(whole[at] ^ 0x80)])
            {
                var damaged = whole.ToArray();
                damaged[at] = value;
                File.WriteAllBytes(path, damaged);
                if (TryRead(path) is { } read)
                {
                    Assert.Equal(sound.Take(line), read.Take(line));
                    // The end of the last line may have been taken away: then it is a torn one.
                    Assert.True(read.Count == sound.Count ? sound.Skip(line + 1).SequenceEqual(read.Skip(line + 1)) : at == whole.Length - 1, $"byte {at} as {value}");
                }
            }
        }
    }

    [Fact]
    public void Decisions() => new Fuzzer("decision of from-dump", FuzzSeeds.Of("{\"run\":\"x\",\"database\":\"app\"}")) { Tokens = Tokens, LargestInput = 4096 }.Run(input =>
        FromDumpDecision.TryParse(Encoding.UTF8.GetString(input)));

    [Fact]
    public void Baselines()
    {
        var path = Path.Combine(_folder.FullName, "baseline.json");
        new Fuzzer("baseline", FuzzSeeds.Of("{\"database\":\"app\",\"taken\":\"2026-11-22T14:00:00.000Z\",\"tables\":[{\"schema\":\"public\",\"name\":\"t\",\"rows\":3,\"owner\":\"app\"}],\"extensions\":[\"citext\"],\"not_valid\":[]}")) { Tokens = Tokens, LargestInput = 4096 }.Run(async input =>
        {
            await File.WriteAllBytesAsync(path, input, CancellationToken.None);
            await Baseline.ReadAsync(path, CancellationToken.None);
        });
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IReadOnlyList<JournalEntry>? TryRead(string path)
    {
        try
        {
            return Journal.Read(path);
        }
        catch (RestoreException)
        {
            return null;
        }
    }
}
