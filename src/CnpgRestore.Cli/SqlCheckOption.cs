using System.CommandLine;
using CnpgRestore.Databases;

namespace CnpgRestore.Cli;

/// <summary><c>--check-sql FILE</c>: what a database has to say before it counts as restored.</summary>
sealed class SqlCheckOption
{
    private readonly Option<FileInfo?> _file = new("--check-sql")
    {
        Description = @"SQL statements that must each give a row that begins with neither null nor false; \connect NAME changes the database.",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Options.Add(_file);

    /// <param name="database">Where statements run before the first <c>\connect</c>.</param>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Usage"/>: no such file, or it cannot be read.</exception>
    public async Task<IReadOnlyList<SqlCheck>> ReadAsync(ParseResult parse, string database, CancellationToken ct) =>
        parse.GetValue(_file) is { } file ? await SqlCheck.ReadAsync(file.FullName, database, ct) : [];

    /// <summary>The full path, for a run that reads it again when it is resumed; null where it is not given.</summary>
    public string? Path(ParseResult parse) => parse.GetValue(_file)?.FullName;
}
