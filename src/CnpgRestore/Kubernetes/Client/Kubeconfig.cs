using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using CnpgRestore.Yaml;
using k8s;
using k8s.Authentication;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>
/// Reads kubeconfig files as kubectl does: of several files the first that has an entry wins, and a path in an entry counts from its own file
/// (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/). Without any file, the pod's service account.
/// </summary>
static class Kubeconfig
{
    private const string Contexts = "'kubectl config get-contexts' lists them; choose one with --context NAME";

    /// <exception cref="RestoreException">Exit 2: there is none, or it lacks something; exit 12: its login program fails.</exception>
    public static ApiAccess Open(KubernetesSettings settings)
    {
        var files = FilesOf(settings).ToList();
        return files.Count == 0 && settings.Context is null && KubernetesClientConfiguration.IsInCluster()
            ? InCluster()
            : Read(files, settings.Context, settings.Clock);
    }

    /// <param name="paths">As KUBECONFIG has them, those that are missing left out.</param>
    internal static ApiAccess Read(IReadOnlyList<string> paths, string? chosen, TimeProvider clock)
    {
        var files = paths.Select(Load).ToList();
        if (files.Count == 0)
        {
            throw new RestoreException(
                ProblemCode.Usage,
                "no kubeconfig is found",
                $"neither KUBECONFIG nor ~/.kube/config names a file that exists{(chosen is null ? ", and this is no pod with a service account" : "")}",
                "name one with --kubeconfig FILE, or export KUBECONFIG; without Kubernetes: 'cnpg-restore drill', or 'cnpg-restore manifest recovery -f cluster.yaml'");
        }

        var name = chosen ?? files.Select(file => file.Content.Text("current-context")).FirstOrDefault(text => text is { Length: > 0 })
            ?? throw new RestoreException(ProblemCode.Usage, "the kubeconfig has no current context", string.Join(", ", files.Select(file => file.Path)), Contexts);
        var context = Find(files, "contexts", "context", name)?.Node
            ?? throw new RestoreException(ProblemCode.Usage, $"context \"{name}\" does not exist", string.Join(", ", files.Select(file => file.Path)), Contexts);
        var cluster = Find(files, "clusters", "cluster", context.Text("cluster"))
            ?? throw new RestoreException(ProblemCode.Usage, $"context \"{name}\" names the cluster \"{context.Text("cluster")}\", which the kubeconfig does not have", null, Contexts);
        var user = Find(files, "users", "user", context.Text("user"));
        return Assemble(cluster, user, context.Text("namespace"), clock);
    }

    private static ApiAccess Assemble(Entry cluster, Entry? user, string? ns, TimeProvider clock)
    {
        var exec = user?.Node.At("exec") is JsonObject plugin ? ExecCredential.Start(plugin, user.Folder, clock) : null;
        return new ApiAccess
        {
            Server = cluster.Address("server") ?? throw new RestoreException(ProblemCode.Usage, "the kubeconfig's cluster has no server", null, Contexts),
            Authorities = cluster.Pem("certificate-authority") is { } pem ? cluster.Certificates(pem) : null,
            SkipsVerification = cluster.Node.Flag("insecure-skip-tls-verify") == true,
            TlsServerName = cluster.Node.Text("tls-server-name"),
            Proxy = cluster.Address("proxy-url"),
            Token = exec ?? (user is null ? null : TokenOf(user)),
            ClientCertificate = exec?.ClientCertificate ?? (user is null ? [] : user.CertificateWithKey()),
            Namespace = ns,
        };
    }

    // In client-go's order: a token file outdoes a token, and both a password (client-go, tools/clientcmd/client_config.go).
    private static ITokenProvider? TokenOf(Entry user)
    {
        if (user.File("tokenFile") is { } file)
        {
            return new TokenFileAuth(file);
        }

        if (user.Node.Text("token") is { Length: > 0 } token)
        {
            // A header is one line; a token that was pasted often ends in a newline.
            return token.Trim() is var line && line.AsSpan().IndexOfAny('\r', '\n') < 0
                ? new FixedCredential(new AuthenticationHeaderValue("Bearer", line))
                : throw user.Damaged("token", "it has several lines");
        }

        return user.Node.Text("username") is { Length: > 0 } name
            ? new FixedCredential(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{user.Node.Text("password")}"))))
            : null;
    }

    private static ApiAccess InCluster()
    {
        var pod = KubernetesClientConfiguration.InClusterConfig();
        return new ApiAccess { Server = new Uri(pod.Host), Authorities = pod.SslCaCerts, Token = pod.TokenProvider, Namespace = pod.Namespace?.Trim() };
    }

    // A file that KUBECONFIG names may be missing; one that --kubeconfig names may not.
    private static IEnumerable<string> FilesOf(KubernetesSettings settings) => settings.Kubeconfig is { } named
        ? [named]
        : (EnvironmentVariables.Kubeconfig?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [EnvironmentVariables.DefaultKubeconfig]).Where(File.Exists);

    private static ConfigFile Load(string path)
    {
        try
        {
            var documents = YamlText.Parse(File.ReadAllText(path), path).Documents;
            return new ConfigFile(path, documents is [var first, ..] ? YamlMeaning.ToJson(first.Root) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RestoreException(ProblemCode.Usage, $"the kubeconfig {path} cannot be read", e.Message, "name another with --kubeconfig FILE", e);
        }
    }

    private static Entry? Find(List<ConfigFile> files, string list, string item, string? name) => files
        .SelectMany(file => file.Content.Items(list).Where(entry => entry.Text("name") == name).Select(entry => new Entry(entry.At(item), file.Path)))
        .FirstOrDefault();

    private sealed record ConfigFile(string Path, JsonNode? Content);

    /// <summary>A cluster, a user or a context.</summary>
    private sealed class Entry(JsonNode? node, string file)
    {
        public JsonNode? Node { get; } = node;

        public string Folder { get; } = Path.GetDirectoryName(Path.GetFullPath(file))!;

        public string? File(string key) => Node.Text(key) is { Length: > 0 } path ? Path.Combine(Folder, path) : null;

        public Uri? Address(string key) => Node.Text(key) is not { Length: > 0 } text
            ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : throw Damaged(key, $"'{text}' is no URL");

        /// <summary>The content of the key's <c>-data</c> twin, or of the file that it names.</summary>
        public string? Pem(string key)
        {
            try
            {
                return Node.Text($"{key}-data") is { Length: > 0 } data
                    ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
                    : File(key) is { } path ? System.IO.File.ReadAllText(path) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
            {
                throw Damaged(key, e.Message, e);
            }
        }

        public X509Certificate2Collection Certificates(string pem)
        {
            var found = new X509Certificate2Collection();
            try
            {
                found.ImportFromPem(pem);
            }
            catch (CryptographicException e)
            {
                throw Damaged("certificate-authority", e.Message, e);
            }

            return found;
        }

        public X509Certificate2Collection CertificateWithKey()
        {
            if (Pem("client-certificate") is not { } certificate || Pem("client-key") is not { } key)
            {
                return [];
            }

            try
            {
                return ClientCertificates.Read(certificate, key);
            }
            catch (CryptographicException e)
            {
                throw Damaged("client-certificate", e.Message, e);
            }
        }

        public RestoreException Damaged(string key, string detail, Exception? cause = null) =>
            new(ProblemCode.Usage, $"{key} in the kubeconfig {file} cannot be used", detail, Contexts, cause);
    }
}
