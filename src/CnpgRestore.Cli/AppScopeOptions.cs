using System.CommandLine;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Cli;

/// <summary>Which applications, beyond those that are found.</summary>
sealed class AppScopeOptions
{
    private readonly Option<AppName[]> _add = Names("--add", "Take this workload too, again for more; a DaemonSet is only stopped when it is named.");

    private readonly Option<AppName[]> _remove = Names("--remove", "Leave this workload alone, again for more.");

    private readonly Option<string?> _selector = new("--selector", "-l") { Description = "Take workloads with these labels too.", HelpName = "KEY=VALUE" };

    private readonly Option<string[]> _in = new("--in") { Description = "Look in this namespace only, again for more. Default: in all.", HelpName = "NAMESPACE" };

    public void AddTo(Command command)
    {
        command.Options.Add(_add);
        command.Options.Add(_remove);
        command.Options.Add(_selector);
        command.Options.Add(_in);
    }

    public AppScope Read(ParseResult parse) => new()
    {
        Added = parse.GetValue(_add) ?? [],
        Removed = parse.GetValue(_remove) ?? [],
        Selector = parse.GetValue(_selector),
        Namespaces = parse.GetValue(_in) ?? [],
    };

    private static Option<AppName[]> Names(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "KIND/NAME[.NAMESPACE]",
        CustomParser = result =>
        {
            var names = new List<AppName>();
            foreach (var token in result.Tokens)
            {
                if (!AppName.TryParse(token.Value, null, out var parsed))
                {
                    result.AddError($"'{token.Value}' is not valid for {name}; expected something like deployment/web or deployment/web.shop.");
                }

                names.Add(parsed);
            }

            return [.. names];
        },
    };
}
