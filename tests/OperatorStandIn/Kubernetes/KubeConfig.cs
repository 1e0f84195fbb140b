using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>Server, authority and client certificate of the current context of a kubeconfig file that holds all of them itself, as kubeadm's.</summary>
sealed record KubeConfig(Uri Server, X509Certificate2 Authority, X509Certificate2 Client)
{
    public static KubeConfig Read(string file)
    {
        using var reader = new StreamReader(file);
        var stream = new YamlStream();
        stream.Load(reader);
        var root = stream.Documents[0].RootNode;
        var context = Named(root["contexts"], root["current-context"])["context"];
        var cluster = Named(root["clusters"], context["cluster"])["cluster"];
        var user = Named(root["users"], context["user"])["user"];
        return new KubeConfig(
            new Uri($"{cluster["server"]}/"),
            X509Certificate2.CreateFromPem(Pem(cluster["certificate-authority-data"])),
            X509Certificate2.CreateFromPem(Pem(user["client-certificate-data"]), Pem(user["client-key-data"])));
    }

    private static YamlNode Named(YamlNode list, YamlNode name) => ((YamlSequenceNode)list).Single(item => item["name"].Equals(name));

    private static string Pem(YamlNode data) => Encoding.ASCII.GetString(Convert.FromBase64String(data.ToString()));
}
