using System.Globalization;

namespace CnpgRestore.Kubernetes;

/// <summary>
/// Asks the PostgreSQL in an instance's pod, with its own psql over its own socket: there CNPG lets <c>postgres</c> in without a password
/// (peer), whatever <c>enableSuperuserAccess</c> says.
/// </summary>
public sealed class InstancePsql(KubernetesApi api, string ns, string pod)
{
    /// <summary>The container that runs PostgreSQL ([cloudnative-pg] pkg/specs/pods.go, PostgresContainerName).</summary>
    private const string Container = "postgres";

    // No text in a database holds it.
    private const char Separator = '\x1f';

    /// <returns>One array of columns per row, null values as the empty text.</returns>
    /// <exception cref="RestoreException">The statement failed, or the database does not answer.</exception>
    public async Task<IReadOnlyList<string[]>> QueryAsync(string database, string sql, CancellationToken ct)
    {
        string[] command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", Separator.ToString(), "-d", database, "-c", sql];
        var run = await api.ExecAsync(ns, pod, Container, command, stdin: null, ct);
        return run.ExitCode == 0
            ? [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(Separator))]
            : throw new RestoreException(
                ProblemCode.Unreachable, $"psql in pod {pod} failed for database {database}", run.Error.Trim(), $"kubectl exec -n {ns} {pod} -c {Container} -- psql -d {database}");
    }

    /// <summary>What is free on the volume of a folder of the pod, by its own df; null where that does not tell.</summary>
    public async Task<ByteSize?> FreeSpaceAsync(string folder, CancellationToken ct)
    {
        var run = await api.ExecAsync(ns, pod, Container, ["df", "--block-size=1", "--output=avail", folder], stdin: null, ct);
        return run.ExitCode == 0 && long.TryParse(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture, out var free) ? new ByteSize(free) : null;
    }

    /// <summary>The first column of the only row.</summary>
    public async Task<string> ValueAsync(string database, string sql, CancellationToken ct) => (await QueryAsync(database, sql, ct))[0][0];
}
