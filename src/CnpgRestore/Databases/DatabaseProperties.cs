using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.Postgres;

namespace CnpgRestore.Databases;

/// <summary>
/// What belongs to a database as such and to no object in it, so that a dump of its contents does not carry it: owner, locale, settings, grants,
/// comment.
/// </summary>
public sealed class DatabaseProperties
{
    // Their stored values are lists of names that are quoted already (GUC_LIST_QUOTE, src/bin/pg_dump/dumputils.c, variable_is_guc_list_quote).
    private static readonly string[] QuotedLists =
        ["local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories"];

    private readonly JsonObject _row;
    private readonly IReadOnlyList<(string Role, string Setting)> _settings;
    private readonly IReadOnlyList<(string Grantee, string Privilege, bool IsGrantable)> _grants;

    private DatabaseProperties(JsonObject row, IReadOnlyList<(string, string)> settings, IReadOnlyList<(string, string, bool)> grants)
    {
        _row = row;
        _settings = settings;
        _grants = grants;
    }

    public string Name => _row.Text("datname")!;

    public string Owner => _row.Text("owner")!;

    public string? Comment => _row.Text("comment");

    /// <summary>On disk, everything included.</summary>
    public ByteSize Size => new(long.Parse(_row.Text("size")!, CultureInfo.InvariantCulture));

    /// <returns>Null where there is no such database.</returns>
    public static async Task<DatabaseProperties?> ReadAsync(DatabaseSession session, string name, CancellationToken ct)
    {
        // As JSON, since each major version has other columns.
        var rows = await session.ReadAsync(
            """
            SELECT (to_jsonb(d) || jsonb_build_object('owner', pg_get_userbyid(d.datdba), 'encoding_name', pg_encoding_to_char(d.encoding), 'size', pg_database_size(d.oid),
                'tablespace', (SELECT spcname FROM pg_tablespace WHERE oid = d.dattablespace), 'comment', shobj_description(d.oid, 'pg_database')))::text
            FROM pg_database d WHERE datname = $1
            """,
            row => row.GetString(0),
            ct,
            name);
        if (rows is not [var text])
        {
            return null;
        }

        var settings = await session.ReadAsync(
            """
            SELECT CASE WHEN s.setrole = 0 THEN '' ELSE pg_get_userbyid(s.setrole)::text END, unnest(s.setconfig)
            FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = $1 ORDER BY 1, 2
            """,
            row => (row.GetString(0), row.GetString(1)),
            ct,
            name);
        var grants = await session.ReadAsync(
            """
            SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END, a.privilege_type, a.is_grantable
            FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = $1 ORDER BY 1, 2
            """,
            row => (row.GetString(0), row.GetString(1), row.GetBoolean(2)),
            ct,
            name);
        return new DatabaseProperties((JsonObject)JsonNode.Parse(text)!, settings, grants);
    }

    /// <summary>Makes an empty database like this one, under another name.</summary>
    public string CreateStatement(string name)
    {
        List<string> options = ["TEMPLATE template0", $"OWNER {QualifiedName.Quote(Owner)}", $"ENCODING {QualifiedName.Literal(_row.Text("encoding_name")!)}"];
        Add("LC_COLLATE", "datcollate");
        Add("LC_CTYPE", "datctype");
        if (_row.Text("datlocprovider") == "c")
        {
            // A server may have another provider for what does not name one (initdb --locale-provider=icu).
            options.Add("LOCALE_PROVIDER libc");
        }
        else if (_row.Text("datlocprovider") is "i" or "b")
        {
            options.Add(_row.Text("datlocprovider") == "i" ? "LOCALE_PROVIDER icu" : "LOCALE_PROVIDER builtin");
            Add(_row.Text("datlocprovider") == "i" ? "ICU_LOCALE" : "BUILTIN_LOCALE", _row.ContainsKey("datlocale") ? "datlocale" : "daticulocale");
            Add("ICU_RULES", "daticurules");
        }

        options.Add($"TABLESPACE {QualifiedName.Quote(_row.Text("tablespace")!)}");
        return $"CREATE DATABASE {QualifiedName.Quote(name)} {string.Join(' ', options)}";

        void Add(string option, string column)
        {
            if (_row.Text(column) is { } value)
            {
                options.Add($"{option} {QualifiedName.Literal(value)}");
            }
        }
    }

    /// <summary>
    /// Gives another database what this one has beside its contents, except the comment. Grants are made in the owner's name, whoever made them
    /// here.
    /// </summary>
    public IEnumerable<string> CarryOverStatements(string name)
    {
        var database = QualifiedName.Quote(name);
        yield return $"ALTER DATABASE {database} CONNECTION LIMIT {_row.Text("datconnlimit")}";
        if (_row.Flag("datistemplate") == true)
        {
            yield return $"ALTER DATABASE {database} IS_TEMPLATE true";
        }

        if (_row.At("datacl") is JsonArray)
        {
            yield return $"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {QualifiedName.Quote(Owner)}";
        }

        foreach (var (grantee, privilege, isGrantable) in _grants)
        {
            yield return $"GRANT {privilege} ON DATABASE {database} TO {(grantee.Length == 0 ? "PUBLIC" : QualifiedName.Quote(grantee))}{(isGrantable ? " WITH GRANT OPTION" : "")}";
        }

        foreach (var (role, setting) in _settings)
        {
            var (variable, value) = (setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            var written = QuotedLists.Contains(variable) && value.Length > 0 ? value : QualifiedName.Literal(value);
            var whose = role.Length == 0 ? $"ALTER DATABASE {database}" : $"ALTER ROLE {QualifiedName.Quote(role)} IN DATABASE {database}";
            yield return $"{whose} SET {string.Join('.', variable.Split('.').Select(QualifiedName.Quote))} TO {written}";
        }
    }
}
