using System.Globalization;
using System.Text;
using CnpgRestore.TestServers;
using Xunit.Sdk;

namespace CnpgRestore.CliTests.Kills;

/// <summary>The rows of one plan in the table of docs/reliability.md; tests/reliability.sh puts the plans together.</summary>
sealed class KillReport(KilledPlan plan)
{
    public const string RandomMoments = "random moments";

    private readonly List<(string Step, bool Elsewhere, int Kills, string? Red)> _cells = [];

    private IReadOnlyList<string> _kept = [];

    public IReadOnlyList<string> Red => [.. _cells.Select(cell => cell.Red).OfType<string>()];

    public int Kills => _cells.Sum(cell => cell.Kills);

    /// <summary>Notes how many kills it was and how it went; what goes wrong makes the cell red and does not end the matrix.</summary>
    public async Task<int> TryAsync(string step, bool elsewhere, Func<Task<int>> attempt)
    {
        try
        {
            var kills = await attempt();
            _cells.Add((step, elsewhere, kills, null));
            return kills;
        }
        catch (Exception e) when (e is IAssertionException or InvalidOperationException or TimeoutException)
        {
            _cells.Add((step, elsewhere, 0, $"{step}, {(elsewhere ? "another machine" : "same machine")}: {e.Message}"));
            return 0;
        }
    }

    /// <summary>Takes the rows of the steps from an earlier run.</summary>
    public void KeepSteps() => _kept = [.. File.ReadAllLines(PathOf(plan)).SkipLast(1)];

    public async Task WriteAsync()
    {
        var rows = new StringBuilder().AppendJoin("", _kept.Select(row => $"{row}\n"));
        foreach (var step in (_kept.Count > 0 ? [] : plan.Steps).Append(RandomMoments))
        {
            var cells = _cells.FindAll(cell => cell.Step == step);
            var red = cells.FindAll(cell => cell.Red is not null);
            var result = red.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"**{red.Count} red**") : cells.Exists(cell => cell.Kills > 0) ? "as undisturbed" : "not met";
            rows.AppendLine(CultureInfo.InvariantCulture, $"| `{plan.Name}` | {step} | {Count(cells, elsewhere: false)} | {Count(cells, elsewhere: true)} | {result} |");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(plan))!);
        await File.WriteAllTextAsync(PathOf(plan), rows.ToString(), TestContext.Current.CancellationToken);
    }

    private static string PathOf(KilledPlan plan) => Path.Combine(
        TestEnvironment.Repository, "artifacts", "reliability", $"{KilledPlan.All.Index().First(item => item.Item == plan).Index:00}.md");

    private static string Count(List<(string Step, bool Elsewhere, int Kills, string? Red)> cells, bool elsewhere)
    {
        var kills = cells.Where(cell => cell.Elsewhere == elsewhere).Sum(cell => cell.Kills);
        return kills == 0 ? "-" : kills.ToString(CultureInfo.InvariantCulture);
    }
}
