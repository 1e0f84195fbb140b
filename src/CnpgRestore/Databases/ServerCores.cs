using System.Globalization;

namespace CnpgRestore.Databases;

/// <summary>How many processor cores a server has, by the files of Linux that it sees: as many connections are a good number for a load.</summary>
static class ServerCores
{
    // What the container may use (Linux, admin-guide/cgroup-v2: cpu.max is "quota period" in microseconds, or "max period").
    private const string Query = "SELECT pg_read_file('/proc/cpuinfo', 0, 16777216, true), pg_read_file('/sys/fs/cgroup/cpu.max', 0, 100, true)";

    /// <returns>At least 1; null where it cannot be told: no superuser asks, or the server is not on Linux.</returns>
    public static async Task<int?> ReadAsync(DatabaseSession session, CancellationToken ct)
    {
        try
        {
            var (processors, limit) = (await session.ReadAsync(Query, row => (row.IsDBNull(0) ? "" : row.GetString(0), row.IsDBNull(1) ? "" : row.GetString(1)), ct))[0];
            return Count(processors, limit);
        }
        catch (RestoreException e) when (e.Problem.Code is not ProblemCode.Unreachable)
        {
            return null;
        }
    }

    /// <param name="processors">What <c>/proc/cpuinfo</c> holds.</param>
    /// <param name="limit">What <c>cpu.max</c> of the control group holds; empty where there is none.</param>
    internal static int? Count(string processors, string limit)
    {
        var cores = processors.Split('\n').Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        if (cores == 0)
        {
            return null;
        }

        return limit.Split(' ') is [var quota, var period]
            && double.TryParse(quota, CultureInfo.InvariantCulture, out var used) && double.TryParse(period, CultureInfo.InvariantCulture, out var each) && each > 0
            ? Math.Clamp((int)Math.Ceiling(used / each), 1, cores)
            : cores;
    }
}
