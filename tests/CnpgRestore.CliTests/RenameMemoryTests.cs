using System.Globalization;
using System.Text;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>The native program over a listing of a million segments, which a script makes as it is asked for.</summary>
public sealed class RenameMemoryTests(TestBed bed)
{
    private const int PerFolder = 256;
    private const int Folders = 1_000_000 / PerFolder;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dry_run_over_a_million_objects_stays_below_150_MB()
    {
        await using var scene = await RenameScene.CreateAsync(bed, segments: 0);
        var started = new TaskCompletionSource<ToolProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (listings, peak) = (0, 0L);
        scene.Proxy.Inject(async exchange =>
        {
            if (Interlocked.Increment(ref listings) % 500 == 0)
            {
                peak = Math.Max(peak, PeakKilobytes((await started.Task).ProcessId));
            }

            await exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string> { ["Content-Type"] = "application/xml" }, Encoding.ASCII.GetBytes(Listing(exchange.Call))));
        });

        await using var running = ToolProcess.Start(scene.Command([RenameScene.Source, RenameScene.Target, "-r", "--dry-run"]) with { Timeout = TimeSpan.FromMinutes(15) });
        started.SetResult(running);
        var result = await running.WaitAsync(Ct);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"move {Folders * PerFolder} objects", result.Output, StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage($"{peak} kB at most");
        Assert.InRange(peak, 1, 150_000);
    }

    private static long PeakKilobytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    private static string Listing(S3Call call)
    {
        var prefix = call.Key;
        var text = new StringBuilder($"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{call.Bucket}</Name><Prefix>{prefix}</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>");
        var folders = prefix switch
        {
            $"{RenameScene.Source}/" => [$"{prefix}wals/"],
            $"{RenameScene.Source}/wals/" => Enumerable.Range(0, Folders).Select(n => $"{prefix}00000001{n:X8}/"),
            _ => [],
        };
        foreach (var folder in folders)
        {
            text.Append("<CommonPrefixes><Prefix>").Append(folder).Append("</Prefix></CommonPrefixes>");
        }

        if (prefix.StartsWith($"{RenameScene.Source}/wals/0", StringComparison.Ordinal))
        {
            for (var n = 0; n < PerFolder; n++)
            {
                text.Append("<Contents><Key>").Append(prefix).Append(prefix[^17..^1]).Append(n.ToString("X8", CultureInfo.InvariantCulture))
                    .Append(".gz</Key><LastModified>2026-03-01T02:00:00.000Z</LastModified><ETag>\"0123456789abcdef0123456789abcdef\"</ETag><Size>16777216</Size></Contents>");
            }
        }

        return text.Append("</ListBucketResult>").ToString();
    }
}
