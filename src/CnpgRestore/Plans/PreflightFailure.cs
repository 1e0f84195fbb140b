using System.Globalization;

namespace CnpgRestore.Plans;

/// <summary>All that stands in the way, found before anything was changed, in one exception.</summary>
public static class PreflightFailure
{
    /// <returns>The problem itself where it is only one; otherwise exit 15 with each of them in the detail.</returns>
    public static RestoreException Of(IReadOnlyList<Problem> problems)
    {
        if (problems is [var only])
        {
            return new RestoreException(only);
        }

        var detail = string.Join('\n', problems.Select((problem, index) => string.Create(
            CultureInfo.InvariantCulture,
            $"{(index == 0 ? "" : "        ")}{index + 1}. {problem.Message}{(problem.Detail is null ? "" : $": {problem.Detail}")}{(problem.Hint is null ? "" : $"\n           do: {problem.Hint}")}")));
        return new RestoreException(
            ProblemCode.Refused, string.Create(CultureInfo.InvariantCulture, $"{problems.Count} things stand in the way; nothing was changed"), detail, "fix these, then run the same command again");
    }
}
