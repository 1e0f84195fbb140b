using CnpgRestore.Dumps.Plain;
using static System.FormattableString;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>Reads a dump once from its first byte to its last and tells what is in it; an archive by way of pg_restore.</summary>
public sealed class DumpInspector
{
    private const int ExcerptLength = 80;

    private readonly DumpComments _comments = new();
    private readonly List<DatabaseTally> _databases = [new(name: null)];
    private readonly SortedSet<string> _roles = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _tablespaces = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _created = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _databaseOwners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _databaseComments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _createOptions = new(StringComparer.Ordinal);
    private readonly List<DatabaseSetting> _settings = [];
    private readonly List<(string Group, string Member)> _memberships = [];
    private readonly List<string> _connects = [];
    private bool _isRestricted;
    private string? _cut;
    private string? _serverStatement;
    private string? _firstComment;
    private string? _firstStatement;

    private DumpInspector()
    {
    }

    private bool IsForeign => _comments.Program is null && _firstStatement is not null;

    /// <summary>Of an archive that no pg_restore here can read, the head tells what it can: <see cref="DumpState.HeadOnly"/>.</summary>
    /// <param name="progress">Told after each piece how many bytes of text were read.</param>
    public static async Task<DumpInspection> InspectAsync(DumpFile file, IProgress<long>? progress, CancellationToken ct)
    {
        switch (file.Format)
        {
            case DumpFormat.Empty:
                var packed = file.Compression == Compression.ArchiveCompression.None ? "" : ", packed";
                return new DumpInspection(file, DumpState.Empty, Invariant($"nothing is in it{packed} ({file.Size.Bytes} bytes): the dump program failed before its first line, for example on a wrong option"));
            case DumpFormat.Unknown when file.Refusal is { } refusal:
                return new DumpInspection(file, DumpState.Unreadable, refusal.Message);
            case DumpFormat.Unknown:
                return new DumpInspection(file, DumpState.Damaged, file.Damage ?? "it is neither SQL nor an archive of pg_dump");
            case DumpFormat.Custom or DumpFormat.Tar or DumpFormat.Directory:
                var head = await ArchiveHead.InspectAsync(file, ct);
                try
                {
                    return await WholeAsync(head, progress, ct);
                }
                catch (RestoreException e) when (e.Problem.Code == ProblemCode.Refused)
                {
                    return head with { Reason = $"{head.Reason}: {e.Problem.Message}" };
                }

            default:
                return await new DumpInspector().RunAsync(file, progress, ct);
        }
    }

    /// <summary>The same, and what cannot be read to its end here is refused.</summary>
    /// <exception cref="RestoreException">Exit 15: pg_restore is not installed, or older than the archive.</exception>
    public static async Task<DumpInspection> InspectWhollyAsync(DumpFile file, IProgress<long>? progress, CancellationToken ct) =>
        file.Format is DumpFormat.Custom or DumpFormat.Tar or DumpFormat.Directory
            ? await WholeAsync(await ArchiveHead.InspectAsync(file, ct), progress, ct)
            : await InspectAsync(file, progress, ct);

    private static async Task<DumpInspection> WholeAsync(DumpInspection head, IProgress<long>? progress, CancellationToken ct)
    {
        if (head.State != DumpState.HeadOnly)
        {
            return head;
        }

        if (head.File.Format == DumpFormat.Tar && await TarEnd.MissingAsync(head.File, ct) is { } missing)
        {
            return head with { State = DumpState.Damaged, Reason = missing };
        }

        // What pg_restore writes ends with the line of a whole dump, whoever wrote the archive.
        return (await new DumpInspector().RunAsync(head.File, progress, ct)) with { Program = head.Program, ProgramVersion = head.ProgramVersion, ServerVersion = head.ServerVersion, ArchivedDatabase = head.Databases[0].Name, Notes = [] };
    }

    /// <summary>Owner, encoding, locale and settings of the database that an archive was made of, which pg_restore writes with --create alone.</summary>
    /// <returns>Null where the archive does not say.</returns>
    public static async Task<DumpDatabase?> ReadCreationAsync(DumpFile file, CancellationToken ct) =>
        (await new DumpInspector().RunAsync(file, progress: null, ct, "--create", "--schema-only")).Databases.LastOrDefault(database => database.CreateOptions.Count > 0);

    private async Task<DumpInspection> RunAsync(DumpFile file, IProgress<long>? progress, CancellationToken ct, params string[] options)
    {
        string? damage = null;
        await using var script = await DumpScript.OpenAsync(file, options, ct);
        var reader = new DumpReader(script.Text);
        try
        {
            while (await reader.ReadAsync(ct) is var token && token != DumpToken.End && token != DumpToken.Cut)
            {
                See(token, reader);
                progress?.Report(reader.Position);
            }

            await script.DemandWholeAsync(ct);
            if (reader.IsCut)
            {
                var head = Head(reader);
                _cut = Invariant($"it ends in the middle of line {reader.Line}: {head}");
                // Text without a semicolon is one statement that does not end. A lone hyphen is what a cut leaves of pg_dump's first line.
                _firstStatement ??= head == "-" ? null : head;
            }
        }
        catch (InvalidDataException e) when (OldPgRestore.IsIn(e.Message))
        {
            throw new RestoreException(OldPgRestore.ProblemOf(file, e.Message), e);
        }
        catch (InvalidDataException e)
        {
            damage = Invariant($"{e.Message}, behind line {reader.Line}");
        }

        var (state, reason) = damage is not null ? (DumpState.Damaged, damage)
            : IsForeign ? (DumpState.Damaged, $"pg_dump has not written it: it begins with '{_firstComment ?? _firstStatement}'")
            : (_cut ?? _comments.Missing) is { } missing ? (DumpState.Truncated, missing)
            : (DumpState.Complete, Invariant($"it ends with the last line of {_comments.Program}, line {_comments.EndLine}"));
        return ToInspection(file, state, reason) with { Encoding = reader.Encoding.Name, Lines = reader.Line, TextSize = new ByteSize(reader.Position) };
    }

    private void See(DumpToken token, DumpReader reader)
    {
        switch (token)
        {
            case DumpToken.Comment:
                var comment = reader.TextAsString();
                _comments.See(comment, reader.Line);
                _firstComment ??= comment.Trim('-', ' ').Length == 0 ? null : StatementExcerpt.Of(comment, ExcerptLength);
                break;
            case DumpToken.MetaCommand:
                SeeMetaCommand(reader.TextAsString());
                break;
            case DumpToken.CopyData:
                _databases[^1].AddData(reader.Copy!.Table.In(reader.Schema), reader.Text.Span.Count((byte)'\n'), reader.Text.Length);
                break;
            case DumpToken.Statement when reader.Copy is { } copy:
                // An empty table is a table with zero rows, which verification can hold on to.
                _databases[^1].AddData(copy.Table.In(reader.Schema), 0, 0);
                break;
            case DumpToken.Statement:
                SeeStatement(reader);
                break;
        }
    }

    private void SeeMetaCommand(string line)
    {
        _isRestricted |= line.StartsWith(@"\restrict ", StringComparison.Ordinal);
        if (PsqlConnect.TryParse(line) is { } database)
        {
            _connects.Add(database);
            // pg_dump -C connects twice where the database has settings: before them, and behind them.
            if (_databases[^1].Name != database)
            {
                _databases.Add(new DatabaseTally(database));
            }
        }
    }

    private void SeeStatement(DumpReader reader)
    {
        _firstStatement ??= StatementExcerpt.Of(reader.TextAsString(), ExcerptLength);
        var encoding = reader.Encoding.Text;
        if (_serverStatement is null && Plain.ServerStatement.Is(reader.Text.Span, encoding))
        {
            _serverStatement = Invariant($"line {reader.Line}, {StatementExcerpt.Of(reader.TextAsString(), ExcerptLength)}");
        }

        if (DatabaseSetting.TryParse(reader.Text.Span, encoding) is { } setting)
        {
            // Of the database that it names, wherever it stands; no statement of what is in one.
            _settings.Add(setting);
            return;
        }

        if (RoleGrant.TryParse(reader.Text.Span, encoding) is var (group, member, _))
        {
            _memberships.Add((group, member));
        }

        var words = new StatementWords(reader.Text.Span, encoding);
        if (words.Accept("CREATE", "ROLE") && words.Identifier() is { } role)
        {
            _roles.Add(role);
        }
        else if (CreateDatabase.TryParse(reader.Text.Span, encoding) is var (database, options))
        {
            _created.Add(database);
            _createOptions[database] = options;
        }
        else if (words.Accept("CREATE", "TABLESPACE") && words.Identifier() is { } tablespace)
        {
            _tablespaces.Add(tablespace);
        }
        else if (words.Accept("ALTER", "DATABASE"))
        {
            if (words.Identifier() is { } altered && words.Accept("OWNER", "TO") && words.Identifier() is { } owner)
            {
                _databaseOwners[altered] = owner;
            }
        }
        else if (words.Accept("COMMENT", "ON", "DATABASE"))
        {
            if (words.Identifier() is { } described && words.Accept("IS") && words.Literal() is { } comment)
            {
                _databaseComments[described] = comment;
            }
        }
        else if (!words.Accept("DROP", "ROLE") && !words.Accept("DROP", "DATABASE"))
        {
            _databases[^1].See(reader.Text.Span, reader.Groups, reader.Schema, encoding);
        }
    }

    private DumpInspection ToInspection(DumpFile file, DumpState state, string reason) => new(file, state, reason)
    {
        Program = _comments.Program,
        IsForeign = IsForeign,
        ProgramVersion = _comments.ProgramVersion,
        ServerVersion = _comments.ServerVersion,
        Databases = [.. _databases.Where(database => !database.IsEmpty).Select(Owned)],
        Roles = [.. _roles],
        Memberships = _memberships,
        Tablespaces = [.. _tablespaces],
        Connects = _connects,
        IsRestricted = _isRestricted,
        ServerStatement = _serverStatement,
        Notes = [.. Notes()],
    };

    private DumpDatabase Owned(DatabaseTally tally)
    {
        var database = tally.ToDatabase();
        var name = database.Name ?? "";
        return database with
        {
            Comment = _databaseComments.GetValueOrDefault(name),
            StatedOwner = _databaseOwners.GetValueOrDefault(name),
            CreateOptions = _createOptions.GetValueOrDefault(name) ?? database.CreateOptions,
            Settings = [.. _settings.Where(setting => setting.Database == name)],
        };
    }

    private IEnumerable<string> Notes()
    {
        foreach (var database in _databases.Where(database => !database.IsEmpty).Select(database => database.ToDatabase()).Where(database => database.Dropped.Count > 0))
        {
            var kinds = string.Join(", ", database.Dropped.Select(entry => Invariant($"{entry.Value} {entry.Key}")));
            yield return $"written with -c: it drops {kinds} before it creates them again";
        }

        if (_created.Count > 0)
        {
            yield return $"written with -C: it creates the database{(_created.Count > 1 ? "s" : "")} {string.Join(", ", _created)}";
        }

        if (_isRestricted)
        {
            yield return @"it begins with \restrict: psql older than August 2025 (17.6, 16.10, 15.14, 14.19, 13.22) stops at that line";
        }

        if (_roles.Contains("postgres"))
        {
            yield return "it alters the role postgres, its password included, which CloudNativePG looks after";
        }
    }

    private static string Head(DumpReader reader)
    {
        var text = reader.TextAsString().Trim();
        var line = text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? text[..end] : text;
        return line.Length == 0 ? $"the data of {reader.Copy?.Table} has no end" : line[..Math.Min(line.Length, 80)];
    }
}
