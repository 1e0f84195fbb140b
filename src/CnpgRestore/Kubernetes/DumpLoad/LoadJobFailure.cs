namespace CnpgRestore.Kubernetes.DumpLoad;

/// <summary>Words that psql, gzip and bash leave in the log of a Job that loads a dump, and what they mean; the runbook's own Job writes the same.</summary>
/// <param name="Ailment">Its entry in the catalogue of <c>doctor</c>.</param>
/// <param name="Words">All of them stand in the line, in this order.</param>
public sealed record LoadJobFailure(string Ailment, params IReadOnlyList<string> Words)
{
    /// <summary>The first that matches counts: the more telling ones stand first.</summary>
    public static IReadOnlyList<LoadJobFailure> All { get; } =
    [
        new("connection-refused", "Connection refused"),
        new("connection-refused", "could not translate host name"),
        new("superuser-password-nulled", "password authentication failed for user \"postgres\""),
        new("superuser-password-nulled", "has no password assigned"),
        new("restrict-not-understood", "invalid command \\restrict"),
        new("extension-missing", "could not open extension control file"),
        new("extension-missing", "extension \"", "is not available"),
        new("role-missing", "ERROR:  role \"", "\" does not exist"),
        new("permission-denied", "ERROR:  permission denied"),
        new("permission-denied", "ERROR:  must be owner of"),
        new("permission-denied", ": Permission denied"),
        new("relation-already-exists", "ERROR:  relation \"", "already exists"),
        new("relation-already-exists", "duplicate key value violates unique constraint"),
        new("dump-truncated", "unexpected end of file"),
        new("dump-truncated", "unexpected EOF"),
        new("backup-file-not-found", "Backup file not found"),
        new("backup-file-not-found", ": No such file or directory"),
        new("load-errors", "psql:", "ERROR:"),
        new("load-errors", "psql:", "FATAL:"),
    ];

    /// <summary>What an error's own line says; its DETAIL repeats words of other errors.</summary>
    public static LoadJobFailure? Find(string line) =>
        line.StartsWith("DETAIL:", StringComparison.Ordinal) ? null : All.FirstOrDefault(failure => failure.IsIn(line));

    private bool IsIn(string line)
    {
        var from = 0;
        foreach (var words in Words)
        {
            var at = line.IndexOf(words, from, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            from = at + words.Length;
        }

        return true;
    }
}
