using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Webhooks;

/// <summary>What CloudNativePG's mutating webhook writes into a Cluster's spec (api/v1/cluster_defaults.go).</summary>
static class ClusterDefaults
{
    private const string DefaultImage = "ghcr.io/cloudnative-pg/postgresql:15.14-system-trixie";

    // pkg/postgres/configuration.go; those that matter to somebody who reads the live spec.
    private static readonly IReadOnlyDictionary<string, string> Parameters = new Dictionary<string, string>
    {
        ["archive_mode"] = "on",
        ["archive_timeout"] = "5min",
        ["dynamic_shared_memory_type"] = "posix",
        ["full_page_writes"] = "on",
        ["log_destination"] = "csvlog",
        ["log_directory"] = "/controller/log",
        ["log_filename"] = "postgres",
        ["log_rotation_age"] = "0",
        ["log_rotation_size"] = "0",
        ["log_truncate_on_rotation"] = "false",
        ["logging_collector"] = "on",
        ["max_parallel_workers"] = "32",
        ["max_replication_slots"] = "32",
        ["max_worker_processes"] = "32",
        ["shared_memory_type"] = "mmap",
        ["wal_keep_size"] = "512MB",
        ["wal_level"] = "logical",
        ["wal_log_hints"] = "on",
        ["wal_receiver_timeout"] = "5s",
        ["wal_sender_timeout"] = "5s",
    };

    public static void Apply(JsonObject spec)
    {
        if (spec.At("imageCatalogRef") is null)
        {
            spec["imageName"] ??= DefaultImage;
        }

        spec["instances"] ??= 1;
        var bootstrap = Child(spec, "bootstrap");
        if (bootstrap.At("recovery") is null && bootstrap.At("pg_basebackup") is null)
        {
            var initdb = Child(bootstrap, "initdb");
            initdb["encoding"] ??= "UTF8";
            initdb["localeCollate"] ??= "C";
            initdb["localeCType"] ??= "C";
        }

        foreach (var (_, method) in bootstrap)
        {
            if (method is JsonObject chosen)
            {
                // Also for recovery, where the database of the backup has another name more often than not.
                chosen["database"] ??= "app";
                chosen["owner"] ??= chosen.Text("database");
            }
        }

        var parameters = Child(Child(spec, "postgresql"), "parameters");
        foreach (var (name, value) in Parameters)
        {
            parameters[name] ??= value;
        }
    }

    private static JsonObject Child(JsonObject parent, string key)
    {
        if (parent[key] is not JsonObject child)
        {
            parent[key] = child = [];
        }

        return child;
    }
}
