using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.DumpLoad;

/// <summary>
/// A Job that loads a plain SQL dump with psql or with this program, or an archive with pg_restore: it stops at the first error, is never tried again on a
/// half-loaded database, and goes away by itself. Every value is a variable of the container; none is part of the shell's text, and the password comes from a Secret.
/// </summary>
public sealed record PsqlJob
{
    private const string Mount = ReaderPod.Mount;
    private const int GraceSeconds = 5;

    // A pipe whose first half fails must not look like a dump that ended early (pipefail); bash is in every PostgreSQL image. psql takes the end of its
    // input for the end of the script, so COMMIT is written only behind a dump that was read to its end; BEGIN stands on the dump's first line, so that
    // line numbers are those of the dump.
    private const string Script =
        """
        set -euo pipefail
        test -r "$DUMP_FILE" || { echo "Backup file not found, or Permission denied: $DUMP_FILE" >&2; exit 66; }
        echo "loading $DUMP_FILE into database $PGDATABASE on $PGHOST"
        if [ -n "$FOUND" ]; then found=$(psql --no-psqlrc --tuples-only --no-align --command="$FOUND"); [ "$found" = f ] || exit 67; fi
        { printf '%s' "$ALONE"; if [ -n "$TRANSACTION" ]; then printf 'BEGIN; '; fi; $DECOMPRESS < "$DUMP_FILE" && if [ -n "$TRANSACTION" ]; then echo 'COMMIT;'; fi; } \
          | psql --no-psqlrc --quiet --output=/dev/null --variable=ON_ERROR_STOP=1 --file=-
        echo "loaded $DUMP_FILE"
        """;

    // The schema public is there already, though pg_dump --schema=public creates it; an entry that has only its owner is kept.
    // An archive that is packed once more is read from stdin, and to its end: there the filter tells whether its bytes were sound.
    private const string RestoreScript =
        """
        set -euo pipefail
        test -r "$DUMP_FILE" || { echo "Backup file not found, or Permission denied: $DUMP_FILE" >&2; exit 66; }
        echo "loading $DUMP_FILE into database $PGDATABASE on $PGHOST"
        if [ -n "$FOUND" ]; then found=$(psql --no-psqlrc --tuples-only --no-align --command="$FOUND"); [ "$found" = f ] || exit 67; fi
        if [ "$DECOMPRESS" = cat ]; then
          pg_restore --list "$DUMP_FILE" > /tmp/list
          grep ' SCHEMA - public ' /tmp/list > /tmp/public || true
          if pg_restore --use-list=/tmp/public --file=/tmp/schema "$DUMP_FILE" && grep -q '^CREATE SCHEMA ' /tmp/schema; then
            sed -i '/ SCHEMA - public /d' /tmp/list
            set -- --use-list=/tmp/list
          fi
          pg_restore --exit-on-error --no-password --jobs "$JOBS" ${TRANSACTION:+--single-transaction} "$@" --dbname "" "$DUMP_FILE"
        else
          command -v "${DECOMPRESS%% *}" > /dev/null || { echo "${DECOMPRESS%% *}: command not found" >&2; exit 127; }
          $DECOMPRESS < "$DUMP_FILE" | { pg_restore --exit-on-error --no-password ${TRANSACTION:+--single-transaction} --dbname "" && cat > /dev/null; }
        fi
        echo "loaded $DUMP_FILE"
        """;

    // A pod that is deleted while it loads has a successor (Kubernetes before 1.26, whatever backoffLimit says). It must not load on top of what is there,
    // nor beside a psql that the server has not missed yet. Objects of users have numbers from 16384 on (src/include/access/transam.h). Kubernetes would take two dollars in a variable for one.
    internal const string Found = "SELECT EXISTS (SELECT FROM pg_class WHERE oid >= 16384)";
    internal const string Key = "1668181095";
    private const string Alone = $"DO 'BEGIN IF NOT pg_try_advisory_lock({Key}) OR ({Found}) THEN RAISE EXCEPTION ''another pod of this Job has begun to load''; END IF; END'; ";

    /// <summary>The command of this program that a pod runs whose image has it.</summary>
    public const string LoadCommand = "load";

    /// <summary>Exit code of a pod that finds what another one has begun to load.</summary>
    public const int NotEmpty = 67;

    /// <summary>Where its pod runs psql or pg_restore.</summary>
    public const string Container = "psql";

    /// <summary>On the Job and its pods: the run that made them.</summary>
    public const string RunLabel = "cnpg-restore.io/run";

    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>With bash, psql and the decompressor: the Cluster's own image has all for gzip.</summary>
    public required string Image { get; init; }

    public required DumpVolume Volume { get; init; }

    /// <summary>
    /// The node that its pod has to run on, because the volume is mounted there and may be on one at a time (ReadWriteOnce); null: any.
    /// </summary>
    public string? Node { get; init; }

    /// <summary>Below the volume: <c>last/orders-latest.sql.gz</c>.</summary>
    public required string File { get; init; }

    /// <summary>A filter from stdin to stdout, in the image: <c>gzip -dc</c>; <c>cat</c> for a dump that is not compressed.</summary>
    public required string Decompress { get; init; }

    /// <summary>The read-write Service, as the Job's namespace names it.</summary>
    public required string Host { get; init; }

    public required string Database { get; init; }

    /// <summary>With the keys <c>username</c> and <c>password</c>, as CloudNativePG writes them (kubernetes.io/basic-auth).</summary>
    public required string Secret { get; init; }

    /// <summary>All or nothing, over one connection. A dump that creates or connects to databases cannot be loaded so.</summary>
    public bool SingleTransaction { get; init; } = true;

    /// <summary>Connections of pg_restore, which loads an archive; null where psql loads SQL.</summary>
    public int? RestoreJobs { get; init; }

    /// <summary>With how many connections the image's own cnpg-restore loads; null where psql or pg_restore does.</summary>
    public int? LoaderJobs { get; init; }

    /// <summary>Whose part of a dump of all databases the image's own cnpg-restore loads; null for a dump of one.</summary>
    public string? Section { get; init; }

    /// <summary>Shown in <c>pg_stat_activity</c>.</summary>
    public string ApplicationName { get; init; } = "cnpg-restore-psql";

    /// <summary>What its sessions are from their first statement; null: who logs in.</summary>
    public string? Role { get; init; }

    /// <summary>The run that makes it; null where a person applies it.</summary>
    public string? Run { get; init; }

    /// <summary>How long a Job that has ended, and its logs, stay.</summary>
    public TimeSpan Kept { get; init; } = TimeSpan.FromHours(1);

    /// <summary>That of CloudNativePG's images; it must be able to read the dump.</summary>
    public int User { get; init; } = 26;

    /// <summary>Null: Kubernetes' own choice.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>The manifest, whose pods Pod Security <c>restricted</c> admits unless the volume is the node's.</summary>
    public JsonObject ToManifest()
    {
        var labels = new JsonObject { ["app.kubernetes.io/managed-by"] = "cnpg-restore", ["app.kubernetes.io/name"] = "cnpg-restore-psql" };
        if (Run is not null)
        {
            labels[RunLabel] = Run;
        }

        return new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = Namespace, ["labels"] = labels },
            // No deadline: a large dump takes what it takes, and a run ends its Job itself.
            ["spec"] = new JsonObject
            {
                ["backoffLimit"] = 0,
                ["ttlSecondsAfterFinished"] = (int)Kept.TotalSeconds,
                ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() }, ["spec"] = PodSpec() },
            },
        };
    }

    private JsonObject PodSpec()
    {
        var spec = new JsonObject
        {
            ["restartPolicy"] = "Never",
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            // The shell is process 1, which a SIGTERM does not end: whoever deletes the Job would wait for half a minute.
            ["terminationGracePeriodSeconds"] = GraceSeconds,
            ["securityContext"] = new JsonObject
            {
                ["runAsNonRoot"] = true, ["runAsUser"] = User, ["runAsGroup"] = User, ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
            },
            ["containers"] = new JsonArray(ContainerSpec()),
            ["volumes"] = new JsonArray(Volume.ToVolume("dumps"), new JsonObject { ["name"] = "tmp", ["emptyDir"] = new JsonObject() }),
        };
        if (Node is not null)
        {
            spec["affinity"] = NodeAffinity.On(Node);
        }

        return spec;
    }

    private JsonObject ContainerSpec()
    {
        var container = new JsonObject
        {
            ["name"] = Container,
            ["image"] = Image,
            ["command"] = LoaderJobs is { } jobs ? Loader(jobs) : new JsonArray("bash", "-c", RestoreJobs is null ? Script : RestoreScript),
            ["env"] = new JsonArray(
                Variable("DUMP_FILE", $"{Mount}/{File}"),
                Variable("DECOMPRESS", Decompress),
                Variable("TRANSACTION", SingleTransaction ? "yes" : ""),
                Variable("FOUND", Run is null ? "" : Found),
                Variable("ALONE", Run is null ? "" : Alone),
                Variable("JOBS", (RestoreJobs ?? 1).ToString(CultureInfo.InvariantCulture)),
                Variable("PGHOST", Host),
                Variable("PGPORT", 5432.ToString(CultureInfo.InvariantCulture)),
                Variable("PGDATABASE", Database),
                Variable("PGAPPNAME", ApplicationName),
                Variable("PGOPTIONS", Role is null ? "" : $"-c role={Role}"),
                Variable("PGCONNECT_TIMEOUT", "30"),
                FromSecret("PGUSER", "username"),
                FromSecret("PGPASSWORD", "password")),
            ["securityContext"] = new JsonObject
            {
                ["allowPrivilegeEscalation"] = false, ["readOnlyRootFilesystem"] = true, ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            },
            ["volumeMounts"] = new JsonArray(
                new JsonObject { ["name"] = "dumps", ["mountPath"] = Mount, ["readOnly"] = true },
                new JsonObject { ["name"] = "tmp", ["mountPath"] = "/tmp" }),
        };
        if (ImagePullPolicy is not null)
        {
            container["imagePullPolicy"] = ImagePullPolicy;
        }

        return container;
    }

    // Host, user and password are in the variables, as for psql.
    private JsonArray Loader(int jobs)
    {
        var options = Role is null ? "" : $"&options={Uri.EscapeDataString($"-c role={Role}")}";
        string[] section = Section is null ? [] : ["--section", Section];
        string[] words =
        [
            "cnpg-restore", LoadCommand, $"{Mount}/{File}", "--to", $"postgres:///{Uri.EscapeDataString(Database)}?sslmode=prefer{options}",
            "--jobs", jobs.ToString(CultureInfo.InvariantCulture), "--application-name", ApplicationName, .. section,
        ];
        return new JsonArray([.. words.Select(word => (JsonNode)word)]);
    }

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private JsonObject FromSecret(string name, string key) => new()
    {
        ["name"] = name,
        ["valueFrom"] = new JsonObject { ["secretKeyRef"] = new JsonObject { ["name"] = Secret, ["key"] = key } },
    };
}
