namespace CnpgRestore.LocalRestore;

/// <summary>Writes PostgreSQL's <c>restore_command</c> for a program and its arguments.</summary>
static class RestoreCommand
{
    /// <param name="program">Program and arguments; the socket, the name and the path follow.</param>
    public static string For(IReadOnlyList<string> program, string socket)
    {
        var words = program.Append(socket).Select(Quote);
        return $"{string.Join(' ', words)} %f \"%p\"";
    }

    // The shell takes everything between apostrophes as it is; PostgreSQL itself only looks for %.
    private static string Quote(string word) =>
        $"'{word.Replace("'", @"'\''", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}'";
}
