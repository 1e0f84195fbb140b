using System.Collections.Immutable;
using System.Text;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Loading;

/// <summary>The settings that a dump has made so far with SET, which hold for what follows them on every connection.</summary>
sealed class SessionState
{
    private readonly ImmutableList<SessionSetting> _settings;

    private SessionState(ImmutableList<SessionSetting> settings, DumpEncoding encoding) => (_settings, Encoding) = (settings, encoding);

    public static SessionState Initial { get; } = new([], DumpEncoding.Utf8);

    public DumpEncoding Encoding { get; }

    /// <summary>
    /// The setting that a statement makes for the rest of its session: <c>search_path</c>; null for every other statement, and for what ends with the
    /// transaction.
    /// </summary>
    public static string? SettingOf(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (words.Accept("SELECT"))
        {
            return words.Name() is { Schema: "pg_catalog", Name: "set_config" } && words.AcceptSymbol('(') ? words.Literal() : null;
        }

        if (!words.Accept("SET") && !words.Accept("RESET"))
        {
            return null;
        }

        if (words.Accept("LOCAL") || words.Accept("TRANSACTION") || words.Accept("CONSTRAINTS") || words.Accept("ALL") || words.Accept("SESSION", "CHARACTERISTICS"))
        {
            return null;
        }

        if (words.Accept("SESSION", "AUTHORIZATION"))
        {
            return "session_authorization";
        }

        words.Accept("SESSION");
        return words.Accept("TIME", "ZONE") ? "timezone" : words.Name()?.ToString();
    }

    /// <param name="encoding">That holds behind the statement.</param>
    public SessionState With(SessionSetting setting, DumpEncoding encoding)
    {
        var at = _settings.FindIndex(known => known.Name == setting.Name);
        return at < 0 ? new SessionState(_settings.Add(setting), encoding)
            : _settings[at].Text.AsSpan().SequenceEqual(setting.Text) ? this
            : new SessionState(_settings.SetItem(at, setting), encoding);
    }

    /// <summary>What brings a session from one state to this one, in the order of the dump.</summary>
    public IEnumerable<SessionSetting> Since(SessionState former) => ReferenceEquals(this, former) ? [] : _settings.Except(former._settings);
}

/// <summary>A statement that holds for the rest of its session: <c>SET client_encoding = 'UTF8';</c>.</summary>
sealed record SessionSetting(string Name, byte[] Text, long Line)
{
    // What pg_dump sets at the beginning (pg_dump.c, setup_connection and _doSetFixedOutputState), where servers from 9.5 on differ.
    private static readonly string[] OfVersions = ["row_security", "idle_in_transaction_session_timeout", "default_table_access_method", "transaction_timeout"];

    /// <summary>Whether pg_dump writes it for servers that have it, so that it means nothing to one that has it not.</summary>
    public bool IsOfVersion => OfVersions.Contains(Name);
}
