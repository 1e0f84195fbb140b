using System.Globalization;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>The programs of one installed PostgreSQL, for example those in <c>/usr/lib/postgresql/15/bin</c>.</summary>
public sealed record PostgresBinaries(string Directory, PostgresVersion Version)
{
    /// <summary>The programs of major version <paramref name="wanted"/>: a data directory can be opened by its own major version only.</summary>
    /// <param name="given">The only place to look, or null for the usual ones and then <paramref name="searchPath"/>.</param>
    /// <param name="searchPath">Folders as in <c>PATH</c>.</param>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Refused"/>: not installed, or of another major version.</exception>
    public static async Task<PostgresBinaries> FindAsync(PostgresVersion wanted, string? given, string? searchPath, CancellationToken ct)
    {
        var folders = given is null ? UsualFolders(wanted.Major, searchPath) : [given];
        var others = new List<PostgresBinaries>();
        foreach (var folder in folders)
        {
            if (await AtAsync(folder, ct) is not { } found)
            {
                continue;
            }

            if (found.Version.Major == wanted.Major)
            {
                return found;
            }

            others.Add(found);
        }

        var seen = others.Count == 0 ? "none there" : "found " + string.Join(", ", others.Select(other => $"{other.Version} in {other.Directory}"));
        throw new RestoreException(
            ProblemCode.Refused,
            $"PostgreSQL {wanted.Major} is not installed here",
            $"the backup was made by PostgreSQL {wanted}, which only major version {wanted.Major} can open; looked in {string.Join(", ", folders)}: {seen}",
            $"apt-get install postgresql-{wanted.Major}, or add --pg-bindir DIR");
    }

    /// <summary>The path of one program: <c>pg_controldata</c>.</summary>
    public string Program(string name) => Path.Combine(Directory, name);

    /// <summary>Where this installation keeps its loadable modules.</summary>
    public async Task<string> ModuleFolderAsync(CancellationToken ct)
    {
        var config = Program("pg_config");
        if (File.Exists(config) && await ProgramRun.RunAsync(config, ["--pkglibdir"], ct) is { ExitCode: 0 } run)
        {
            return run.Output.Trim();
        }

        return Path.GetFullPath(Path.Combine(Directory, "..", "lib"));
    }

    private static string[] UsualFolders(int major, string? searchPath) =>
    [
        $"/usr/lib/postgresql/{major}/bin",
        $"/usr/pgsql-{major}/bin",
        .. (searchPath ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Where(folder => File.Exists(Path.Combine(folder, "postgres"))),
    ];

    private static async Task<PostgresBinaries?> AtAsync(string folder, CancellationToken ct)
    {
        var program = Path.Combine(folder, "postgres");
        if (!File.Exists(program))
        {
            return null;
        }

        var run = await ProgramRun.RunAsync(program, ["--version"], ct);
        return ParseVersion(run.Output) is { } version ? new PostgresBinaries(folder, version) : null;
    }

    /// <summary>Reads <c>postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)</c>; a test release reads <c>18beta1</c> and counts as 18.0.</summary>
    internal static PostgresVersion? ParseVersion(string output)
    {
        const string product = "(PostgreSQL) ";
        var start = output.IndexOf(product, StringComparison.Ordinal);
        var digits = start < 0 ? "" : string.Concat(output[(start + product.Length)..].TakeWhile(c => char.IsAsciiDigit(c) || c == '.'));
        return PostgresVersion.TryParse(digits, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
