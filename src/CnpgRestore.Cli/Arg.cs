using System.CommandLine;
using System.Globalization;

namespace CnpgRestore.Cli;

/// <summary>Options whose type parses itself: no reflection, and an absent option is null.</summary>
static class Arg
{
    public static Option<T?> Option<T>(string name, string description, string example)
        where T : struct, IParsable<T> => new(name)
        {
            Description = description,
            HelpName = example,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var value))
                {
                    return value;
                }

                result.AddError($"'{text}' is not valid for {name}; expected something like {example}.");
                return null;
            },
        };

    /// <summary>Those of the options that were given, name and value, as they were typed.</summary>
    public static IEnumerable<string> Words(ParseResult parse, IEnumerable<Option> options) =>
        from option in options
        let result = parse.GetResult(option)
        where result is { Implicit: false }
        from word in result.Tokens.Select(token => token.Value).Prepend(result.IdentifierToken?.Value ?? option.Name)
        select word;
}
