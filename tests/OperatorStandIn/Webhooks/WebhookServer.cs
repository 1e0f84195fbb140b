using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CnpgRestore.OperatorStandIn.Webhooks;

/// <summary>The operator's admission webhooks for Clusters, called by the API server over HTTPS. While they do not answer, no Cluster can be written.</summary>
sealed class WebhookServer : IAsyncDisposable
{
    private const string MutatingName = "cnpg-mutating-webhook-configuration";
    private const string ValidatingName = "cnpg-validating-webhook-configuration";

    private readonly WebApplication _web;
    private readonly KubernetesApi _api;

    private WebhookServer(WebApplication web, KubernetesApi api)
    {
        _web = web;
        _api = api;
    }

    /// <param name="address">By which the API server reaches what listens on this machine's loopback.</param>
    public static async Task<WebhookServer> StartAsync(KubernetesApi api, IPAddress address, TimeProvider clock, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CreateCertificate(address, key, clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        // Kestrel cannot use a key that exists in memory only on every platform; a round through PKCS 12 suits all.
        var served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(served)));
        builder.Logging.ClearProviders();
        var web = builder.Build();
        web.Run(AnswerAsync);
        await web.StartAsync(ct);

        var server = new WebhookServer(web, api);
        await server.RegisterAsync(new Uri($"https://{address}:{new Uri(web.Urls.Single()).Port}"), certificate.ExportCertificatePem(), ct);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await UnregisterAsync(CancellationToken.None);
        await _web.DisposeAsync();
    }

    private async Task RegisterAsync(Uri url, string authority, CancellationToken ct)
    {
        var mutating = Configuration(MutatingName, "mcluster.cnpg.io", new Uri(url, "mutate"), authority);
        var validating = Configuration(ValidatingName, "vcluster.cnpg.io", new Uri(url, "validate"), authority);
        // A stand-in that was killed has left its own behind.
        await UnregisterAsync(ct);
        await _api.CreateAsync(ResourceType.MutatingWebhooks, mutating, ct);
        await _api.CreateAsync(ResourceType.ValidatingWebhooks, validating, ct);
    }

    private async Task UnregisterAsync(CancellationToken ct)
    {
        await _api.DeleteAsync(ResourceType.MutatingWebhooks.Path(null, MutatingName), ct);
        await _api.DeleteAsync(ResourceType.ValidatingWebhooks.Path(null, ValidatingName), ct);
    }

    private static JsonObject Configuration(string name, string webhook, Uri url, string authority) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["webhooks"] = new JsonArray(new JsonObject
        {
            ["name"] = webhook,
            ["clientConfig"] = new JsonObject { ["url"] = url.ToString(), ["caBundle"] = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(authority)) },
            ["rules"] = new JsonArray(new JsonObject
            {
                ["apiGroups"] = new JsonArray("postgresql.cnpg.io"),
                ["apiVersions"] = new JsonArray("v1"),
                ["operations"] = new JsonArray("CREATE", "UPDATE"),
                ["resources"] = new JsonArray("clusters"),
            }),
            ["admissionReviewVersions"] = new JsonArray("v1"),
            ["sideEffects"] = "None",
            ["failurePolicy"] = "Fail",
        }),
    };

    private static async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        var cluster = review.At("request", "object")!.AsObject();
        var response = context.Request.Path == "/mutate" ? Default(cluster) : Validate(cluster);
        response["uid"] = review.Text("request", "uid");
        var answer = new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private static JsonObject Default(JsonObject cluster)
    {
        var spec = cluster["spec"]!.DeepClone().AsObject();
        ClusterDefaults.Apply(spec);
        var patch = new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/spec", ["value"] = spec });
        return new JsonObject
        {
            ["allowed"] = true,
            ["patchType"] = "JSONPatch",
            ["patch"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString())),
        };
    }

    private static JsonObject Validate(JsonObject cluster)
    {
        var errors = ClusterValidation.Errors(cluster).ToList();
        var response = new JsonObject
        {
            ["allowed"] = errors.Count == 0,
            ["warnings"] = new JsonArray([.. ClusterValidation.Warnings(cluster).Select(warning => JsonValue.Create(warning))]),
        };
        if (errors.Count > 0)
        {
            var list = errors.Count == 1 ? errors[0].ToString() : $"[{string.Join(", ", errors)}]";
            response["status"] = new JsonObject
            {
                ["code"] = 422,
                ["reason"] = "Invalid",
                ["details"] = new JsonObject
                {
                    ["name"] = cluster.Name,
                    ["group"] = "cluster.cnpg.io",
                    ["kind"] = "Cluster",
                    ["causes"] = new JsonArray([.. errors.Select(error => error.Cause())]),
                },
                ["message"] = $"Cluster.cluster.cnpg.io \"{cluster.Name}\" is invalid: {list}",
            };
        }

        return response;
    }

    private static X509Certificate2 CreateCertificate(IPAddress address, ECDsa key, TimeProvider clock)
    {
        var request = new CertificateRequest($"CN={address}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = clock.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }
}
