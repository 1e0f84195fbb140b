using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>A Job as the runbook has people write it: bash, psql, the Secret of the Cluster, a share.</summary>
/// <param name="Script">Run by bash with PGHOST, PGDATABASE, PGUSER and PGPASSWORD of the application's role.</param>
/// <param name="Ends">False: its pod never starts.</param>
sealed record LoadJobs(string Name, string Script, IReadOnlyList<string> Expected, bool Ends = true)
{
    public static IReadOnlyList<LoadJobs> All { get; } =
    [
        new("load-fine", "psql -v ON_ERROR_STOP=1 -c 'SELECT 1'", []),
        new("load-refused", "psql -h localhost -c 'SELECT 1'", ["connection-refused"]),
        new("load-exists", "echo 'CREATE TABLE users (id int);' | psql -f -", ["relation-already-exists"]),
        new("load-role", "echo 'ALTER TABLE users OWNER TO nobody_here;' | psql -f -", ["role-missing"]),
        new("load-extension", "echo 'CREATE EXTENSION nowhere;' | psql -f -", ["extension-missing"]),
        new("load-permission", "echo 'INSERT INTO secrets VALUES (1);' | psql -f -", ["permission-denied"]),
        new("load-superuser", "psql -U postgres -c 'SELECT 1'", ["superuser-password-nulled"]),
        new("load-nofile", "psql -f \"$(ls -t /mnt/backups/Database/*.sql | head -1)\"", ["backup-file-not-found"]),
        new("load-cut", "set -o pipefail; seq 100000 | sed 's/.*/SELECT &;/' | gzip | head -c 2000 | gunzip | psql -q -o /dev/null -f -", ["dump-truncated"]),
        new("load-syntax", "echo 'SELECT nonsense here;' | psql -f -", ["load-errors"]),
        new("load-restrict", "printf '%s\\n' '\\restrict a' 'SELECT 1;' '\\unrestrict a' | psql -v ON_ERROR_STOP=1 -f -", ["restrict-not-understood"]) { Image = "localhost/postgres-older-psql:15" },
        new("load-nfs", "psql -c 'SELECT 1'", ["nfs-mount-failed"], Ends: false),
    ];

    public string Image { get; init; } = KubernetesServer.Image;

    /// <summary>What is printed for it repairs it; the same command as for most of the others.</summary>
    public bool IsFollowed => Name == "load-exists";

    private string Volume => Ends ? "emptyDir: {}" : "nfs: {server: 127.0.0.1, path: /srv/no-such-export}";

    public string Manifest(string cluster) => $$"""
        apiVersion: batch/v1
        kind: Job
        metadata: {name: {{Name}}}
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: restore
                  image: {{Image}}
                  imagePullPolicy: Never
                  command: [bash, -c]
                  args:
                    - |
                      {{Script}}
                  env:
                    - {name: PGHOST, value: {{cluster}}-rw}
                    - {name: PGDATABASE, value: orders}
                    - {name: PGUSER, value: orders}
                    - name: PGPASSWORD
                      valueFrom:
                        secretKeyRef: {name: {{cluster}}-app, key: password}
                  volumeMounts:
                    - {name: backups, mountPath: /mnt/backups}
              volumes:
                - name: backups
                  {{Volume}}
        """;
}
