using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>What applications reach the database with: Services and generated Secrets (pkg/specs/services.go, secrets.go).</summary>
sealed record AccessObjects(ClusterSpec Spec)
{
    public IEnumerable<JsonObject> Services()
    {
        yield return Service("rw", ("cnpg.io/instanceRole", "primary"));
        yield return Service("ro", ("cnpg.io/instanceRole", "replica"));
        yield return Service("r", ("cnpg.io/podRole", "instance"));
    }

    /// <summary>Only those that the operator generates; Secrets that the spec names are the user's.</summary>
    public IEnumerable<JsonObject> Secrets()
    {
        var (database, owner) = Spec.Application;
        if (Spec.ApplicationSecret == $"{Spec.Name}-app")
        {
            yield return Secret("app", owner, database);
        }

        if (Spec.HasSuperuserAccess && Spec.SuperuserSecret == $"{Spec.Name}-superuser")
        {
            yield return Secret("superuser", "postgres", "*");
        }
    }

    private JsonObject Service(string kind, (string Label, string Value) selector) => new()
    {
        ["metadata"] = Metadata($"{Spec.Name}-{kind}"),
        ["spec"] = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["selector"] = new JsonObject { [Volumes.ClusterLabel] = Spec.Name, [selector.Label] = selector.Value },
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "postgres", ["port"] = 5432, ["targetPort"] = 5432, ["protocol"] = "TCP" }),
        },
    };

    private JsonObject Secret(string userType, string user, string database)
    {
        var password = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 64);
        var host = $"{Spec.Name}-rw";
        var domain = $"{host}.{Spec.Namespace}.svc.cluster.local";
        var metadata = Metadata($"{Spec.Name}-{userType}");
        metadata["labels"]!["cnpg.io/userType"] = userType;
        metadata["labels"]!["cnpg.io/reload"] = "true";
        return new JsonObject
        {
            ["metadata"] = metadata,
            ["type"] = "kubernetes.io/basic-auth",
            ["stringData"] = new JsonObject
            {
                ["username"] = user,
                ["user"] = user,
                ["password"] = password,
                ["dbname"] = database,
                ["host"] = host,
                ["port"] = "5432",
                ["pgpass"] = $"{host}:5432:{database}:{user}:{password}\n",
                ["uri"] = $"postgresql://{user}:{password}@{host}.{Spec.Namespace}:5432/{database}",
                ["jdbc-uri"] = $"jdbc:postgresql://{host}.{Spec.Namespace}:5432/{database}?password={password}&user={user}",
                ["fqdn-uri"] = $"postgresql://{user}:{password}@{domain}:5432/{database}",
                ["fqdn-jdbc-uri"] = $"jdbc:postgresql://{domain}:5432/{database}?password={password}&user={user}",
            },
        };
    }

    private JsonObject Metadata(string name) => new()
    {
        ["name"] = name,
        ["namespace"] = Spec.Namespace,
        ["labels"] = new JsonObject { [Volumes.ClusterLabel] = Spec.Name },
        ["ownerReferences"] = new JsonArray(Spec.Cluster.OwnerReference()),
    };
}
