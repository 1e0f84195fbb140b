using System.CommandLine;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Cli;

/// <summary>Which Kubernetes, as kubectl asks for it.</summary>
/// <param name="ofNamespace">What the namespace is for, where it is not that of the Cluster.</param>
sealed class KubernetesOptions(string ofNamespace = "Namespace of the Cluster. Default: that of the context.")
{
    private readonly Option<string?> _kubeconfig = new("--kubeconfig") { Description = "Kubeconfig. Default: KUBECONFIG, ~/.kube/config, or the pod's service account.", HelpName = "FILE" };

    private readonly Option<string?> _context = new("--context") { Description = "Context of the kubeconfig. Default: its current one.", HelpName = "NAME" };

    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = ofNamespace, HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Options.Add(_namespace);
        command.Options.Add(_kubeconfig);
        command.Options.Add(_context);
    }

    /// <summary>Whether the command line names a Kubernetes, or a namespace of it.</summary>
    public bool IsGiven(ParseResult parse) => Words(parse).Any();

    /// <summary>These options as they were typed, for a command line that says the same.</summary>
    public IEnumerable<string> Words(ParseResult parse) => Arg.Words(parse, [_namespace, _kubeconfig, _context]);

    /// <summary>The one that the command line names; null where it names none.</summary>
    public string? Namespace(ParseResult parse) => parse.GetValue(_namespace);

    /// <param name="ns">Where a run says itself which namespace it is about.</param>
    public KubernetesApi Connect(ParseResult parse, TimeProvider clock, string? ns = null) => KubernetesApi.Connect(new KubernetesSettings
    {
        Kubeconfig = parse.GetValue(_kubeconfig),
        Context = parse.GetValue(_context),
        Namespace = ns ?? parse.GetValue(_namespace),
        Clock = clock,
    });
}
