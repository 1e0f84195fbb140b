using System.Globalization;
using System.Text.RegularExpressions;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Backups;

/// <summary>
/// Reads backup.info: one <c>key=value</c> per line, split at the first <c>=</c>, values as Python prints them, <c>None</c> for null
/// (barman/infofile.py). Unknown keys are passed over, because new versions of barman add some; missing ones are null. Never throws.
/// </summary>
public static partial class BackupInfoParser
{
    public static BackupInfo Parse(string text)
    {
        var fields = new Fields(text);
        var info = new BackupInfo
        {
            Status = fields.Read("status", ParseStatus),
            Name = fields.Text("backup_name"),
            Error = fields.Text("error"),
            BeginTime = fields.Read("begin_time", ParseTime),
            EndTime = fields.Read("end_time", ParseTime),
            BeginWal = fields.Read<WalSegmentName>("begin_wal"),
            EndWal = fields.Read<WalSegmentName>("end_wal"),
            BeginLsn = fields.Read<Lsn>("begin_xlog"),
            EndLsn = fields.Read<Lsn>("end_xlog"),
            Timeline = fields.Read<TimelineId>("timeline"),
            Version = fields.Read("version", ParseVersion),
            SystemId = fields.Read<SystemIdentifier>("systemid"),
            SegmentSize = fields.Read<WalSegmentSize>("xlog_segment_size"),
            DataChecksums = fields.Read("data_checksums", ParseSwitch),
            ClusterSize = fields.Read("cluster_size", ParseSize),
            DataDirectory = fields.Text("pgdata"),
            Label = fields.Literal("backup_label") as string,
            Tablespaces = fields.Tablespaces("tablespaces"),
        };
        return info with { Malformed = fields.Malformed };
    }

    private static BackupStatus? ParseStatus(string text) => text switch
    {
        "EMPTY" => BackupStatus.Empty,
        "STARTED" => BackupStatus.Started,
        "WAITING_FOR_WALS" => BackupStatus.WaitingForWals,
        "SYNCING" => BackupStatus.Syncing,
        "DONE" => BackupStatus.Done,
        "FAILED" => BackupStatus.Failed,
        _ => null,
    };

    private static bool? ParseSwitch(string text) => text switch { "on" => true, "off" => false, _ => null };

    private static ByteSize? ParseSize(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? new ByteSize(bytes) : null;

    private static PostgresVersion? ParseVersion(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? new PostgresVersion(number) : null;

    /// <summary><c>2025-05-07 12:49:53.627847+00:00</c>; without an offset it is the container's local time, which is UTC in CNPG's images.</summary>
    private static DateTimeOffset? ParseTime(string text) =>
        TimeForm.IsMatch(text) &&
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([+-][0-9]{2}:[0-9]{2})?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TimeForm { get; }

    private sealed class Fields
    {
        private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
        private readonly List<string> _malformed = [];

        public Fields(string text)
        {
            foreach (var line in text.Split('\n'))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0 && line[0] != '#')
                {
                    _values[line[..equals].Trim()] = line[(equals + 1)..].Trim();
                }
            }
        }

        public IReadOnlyList<string> Malformed => _malformed;

        public string? Text(string key) => _values.TryGetValue(key, out var value) && value != "None" ? value : null;

        public T? Read<T>(string key)
            where T : struct, IParsable<T> => Read<T>(key, text => T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null);

        public T? Read<T>(string key, Func<string, T?> parse)
            where T : struct
        {
            if (Text(key) is not { } text)
            {
                return null;
            }

            var value = parse(text);
            if (value is null)
            {
                _malformed.Add(key);
            }

            return value;
        }

        public object? Literal(string key)
        {
            if (Text(key) is not { } text)
            {
                return null;
            }

            if (!PythonLiteral.TryParse(text, out var value))
            {
                _malformed.Add(key);
            }

            return value;
        }

        public IReadOnlyList<Tablespace> Tablespaces(string key)
        {
            var tablespaces = new List<Tablespace>();
            foreach (var item in Literal(key) as List<object?> ?? [])
            {
                if (item is List<object?> and [string name, long and > 0 and <= uint.MaxValue, string location, ..] tuple)
                {
                    tablespaces.Add(new Tablespace(name, (uint)(long)tuple[1]!, location));
                }
                else
                {
                    _malformed.Add(key);
                }
            }

            return tablespaces;
        }
    }
}
